package io.bohrwerk.api.upload;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.blob.StoreFullException;
import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/**
 * Files that come in pieces, in a directory of this host. What has come is kept whatever cuts it off; a file that is whole has been checked
 * against its digest, and waits for the target that takes it. Needs a buffer of memory, whatever the size.
 *
 * <pre>
 *   DIGEST-LENGTH.part   what has come so far
 *   DIGEST-LENGTH        whole and checked
 * </pre>
 *
 * <p>An upload is written by one at a time. The lock is on the file, and goes with its process.
 */
@Component
public class Uploads implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final int BUFFER_BYTES = 128 << 10;
    /** Asking for the free space costs a system call: not for every buffer. */
    private static final long BYTES_BETWEEN_CHECKS = 8L << 20;

    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(10);
    private static final String PART = ".part";

    private final Path directory;
    private final BlobStore blobs;
    private final long longest;
    private final long leastFree;
    private final int mostBegun;
    private final Duration keep;

    Uploads(ApiProperties properties, BlobStore blobs) {
        this.directory = properties.uploads().path();
        this.blobs = blobs;
        this.longest = properties.uploads().largest().toBytes();
        this.leastFree = properties.blobs().leastFree().toBytes();
        this.keep = properties.uploads().keep();
        this.mostBegun = properties.uploads().mostBegun();
    }

    /**
     * Begins an upload, or finds the one that was begun.
     *
     * @throws StoreFullException when there is no room for all of it and of those that were begun before
     * @throws RefusedException (429) when too many are begun and not whole
     */
    Upload begin(Digest digest, long length) throws IOException {
        require(length >= 1 && length <= longest, "Upload-Length", length, "must be between 1 and " + longest);
        Upload upload = new Upload(digest, length);
        if (Files.exists(whole(upload)) || isStored(upload)) {
            return upload;
        }
        // Not at the start: a process that nobody sends large files to need not have the directory.
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            requireRoom(missingOf(upload));
            Files.createFile(part(upload));
        } catch (FileAlreadyExistsException e) {
            LOG.debug("upload {} goes on", upload.id());
        }
        return upload;
    }

    /**
     * How many bytes of it have come; all only once they were found to be right.
     *
     * @throws NotFoundException when there is no such upload: it was never begun, was damaged, or has expired
     * @throws RefusedException (423) while another request writes to it or checks it
     */
    long offset(Upload upload) throws IOException {
        if (Files.exists(whole(upload)) || isStored(upload)) {
            return upload.length();
        }
        try (Writing writing = write(upload)) {
            // The server may have ended between the last byte and the check.
            return writing.channel().size() < upload.length()
                    ? writing.channel().size()
                    : finish(upload, writing);
        }
    }

    /**
     * Takes a piece; when it was the last one, checks the whole.
     *
     * @param offset where it belongs, which must be where the last one ended
     * @param bytes read to their end, or until they are cut off (400): what came before that is kept
     * @return how many bytes have come now
     * @throws NotFoundException as {@link #offset}
     * @throws RefusedException when the offset is another (409), there are too many bytes (413), or another request writes to it (423)
     * @throws DigestMismatchException when the whole is not what the digest says; then nothing is left of it
     */
    long append(Upload upload, long offset, InputStream bytes) throws IOException {
        if (Files.exists(whole(upload))) {
            requireOffset(offset, upload.length());
            return upload.length();
        }
        try (Writing writing = write(upload)) {
            FileChannel file = writing.channel();
            requireOffset(offset, file.size());
            file.position(offset);
            copy(bytes, file, upload.length() - offset);
            return file.size() < upload.length() ? file.size() : finish(upload, writing);
        }
    }

    private static void requireOffset(long offset, long right) {
        if (offset != right) {
            throw new RefusedException(
                    HttpStatus.CONFLICT, "Upload-Offset", "Upload-Offset is " + offset + ", but must be " + right);
        }
    }

    private void copy(InputStream bytes, FileChannel file, long most) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long unchecked = BYTES_BETWEEN_CHECKS;
        long written = 0;
        for (int read = read(bytes, buffer); read >= 0; read = read(bytes, buffer)) {
            written += read;
            unchecked += read;
            if (written > most) {
                throw new RefusedException(
                        HttpStatus.CONTENT_TOO_LARGE, "Upload-Length", "more bytes came than Upload-Length says");
            }
            if (unchecked >= BYTES_BETWEEN_CHECKS) {
                requireRoom(0);
                unchecked = 0;
            }
            for (ByteBuffer left = ByteBuffer.wrap(buffer, 0, read); left.hasRemaining(); ) {
                file.write(left);
            }
        }
    }

    private static int read(InputStream bytes, byte[] buffer) {
        try {
            return bytes.read(buffer);
        } catch (IOException e) {
            // Nobody may be there to hear it.
            throw new RefusedException(HttpStatus.BAD_REQUEST, null, "the piece was cut off; what came of it is kept");
        }
    }

    private long finish(Upload upload, Writing writing) throws IOException {
        writing.channel().force(true);
        Digest found = Digest.of(part(upload));
        if (!found.equals(upload.digest())) {
            Files.deleteIfExists(part(upload));
            throw new DigestMismatchException("what was uploaded has the digest " + found + ", but was sent as "
                    + upload.digest() + "; nothing of it is kept");
        }
        Files.move(part(upload), whole(upload), StandardCopyOption.ATOMIC_MOVE);
        return upload.length();
    }

    /** Takes an upload away; one that is not there is no error. */
    void remove(Upload upload) throws IOException {
        Files.deleteIfExists(part(upload));
        Files.deleteIfExists(whole(upload));
    }

    /** When what was last heard of an upload will be forgotten. */
    Instant expires(Upload upload) throws IOException {
        Path file = Files.exists(whole(upload)) ? whole(upload) : part(upload);
        return (Files.exists(file) ? Files.getLastModifiedTime(file).toInstant() : Instant.now()).plus(keep);
    }

    /** The longest upload that is taken, in bytes. */
    long longest() {
        return longest;
    }

    /** A file that was uploaded, whole and checked. It goes when a target has it, or with time. */
    public Optional<Path> find(Digest digest) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(
                directory,
                file -> Files.isRegularFile(file)
                        && file.getFileName().toString().startsWith(digest.hex() + "-")
                        && !file.getFileName().toString().endsWith(PART))) {
            for (Path file : found) {
                return Optional.of(file);
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(() -> sweep(Instant.now()), BETWEEN_SWEEPS);
    }

    /** Takes away what nobody has written to for long. */
    void sweep(Instant now) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, Files::isRegularFile)) {
            for (Path file : files) {
                sweep(file, now.minus(keep));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("there were no uploads yet");
        } catch (IOException e) {
            LOG.warn("cannot look for abandoned uploads in {}: {}", directory, e.toString());
        }
    }

    private static void sweep(Path file, Instant before) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            FileTime last = Files.getLastModifiedTime(file);
            if (lock != null && last.toInstant().isBefore(before)) {
                Files.deleteIfExists(file);
                LOG.info("upload {} was abandoned at {} and is taken away", file.getFileName(), last);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} went by itself", file);
        } catch (OverlappingFileLockException e) {
            LOG.debug("{} is being written", file);
        }
    }

    private boolean isStored(Upload upload) throws IOException {
        return blobs.size(upload.digest()).orElse(-1) == upload.length();
    }

    /** The right to write to a part. */
    private record Writing(FileChannel channel, FileLock lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try (FileChannel closed = channel) {
                lock.release();
            }
        }
    }

    private Writing write(Upload upload) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(part(upload), StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw new NotFoundException("upload", upload.id());
        }
        try {
            @Nullable FileLock lock = channel.tryLock();
            // Who had the lock before may have finished it and moved it away: then this is no longer the part.
            if (lock != null && Files.exists(part(upload))) {
                return new Writing(channel, lock);
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("upload {} is being written", upload.id());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new RefusedException(
                HttpStatus.LOCKED, "upload", "another request writes to this upload, or checks it; try again");
    }

    /** The bytes that are still to come of it and of all others that were begun; it may be one of them. */
    private long missingOf(Upload upload) throws IOException {
        long missing = 0;
        int others = 0;
        boolean begun = false;
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, "*" + PART)) {
            for (Path file : parts) {
                String name = file.getFileName().toString();
                Upload other = Upload.ofId(name.substring(0, name.length() - PART.length()));
                missing += Math.max(0, other.length() - (Files.exists(file) ? Files.size(file) : 0));
                begun |= other.equals(upload);
                others++;
            }
        }
        if (begun) {
            return missing;
        }
        if (others >= mostBegun) {
            throw new RefusedException(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "upload",
                    others + " uploads are begun and not whole, which is the most at once"
                            + " (bohrwerk.api.uploads.most-begun); finish or DELETE one");
        }
        return missing + upload.length();
    }

    private void requireRoom(long bytes) throws IOException {
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free - bytes < leastFree) {
            throw new StoreFullException("the disk at " + directory + " has " + free + " bytes left; " + bytes
                    + " more are to come, and " + leastFree + " are to be kept free");
        }
    }

    private Path whole(Upload upload) {
        return directory.resolve(upload.id());
    }

    private Path part(Upload upload) {
        return directory.resolve(upload.id() + PART);
    }
}
