package io.bohrwerk.blob;

import io.bohrwerk.blob.TemporaryFiles.TemporaryFile;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A blob store in a directory, which any number of processes may share.
 *
 * <pre>
 *   blobs/ab/ab34…   a blob, by its digest
 *   names/a/b/@c     the name a/b/c: the digest as text
 *   tmp/             what is being written
 * </pre>
 *
 * <p>Bytes are on the disk before they get their name, and the name is on the disk before a method returns.
 */
public final class FileBlobStore implements BlobStore {
    private static final int BUFFER_BYTES = 64 << 10;
    /** Asking for the free space costs a system call: not for every buffer. */
    private static final long BYTES_BETWEEN_CHECKS = 8L << 20;

    private final Path root;
    private final Path blobs;
    private final Path names;
    private final TemporaryFiles temporaryFiles;
    private final long leastFreeBytes;

    private FileBlobStore(Path root, long leastFreeBytes) {
        this.root = root;
        this.blobs = root.resolve("blobs");
        this.names = root.resolve("names");
        this.temporaryFiles = new TemporaryFiles(temporary(root));
        this.leastFreeBytes = leastFreeBytes;
    }

    /**
     * Opens a store, making its directories when missing and clearing away what processes that died have left half written.
     *
     * @param leastFreeBytes the store counts as full when its disk has less room than this, so that others on it can go on; 0 for none
     */
    public static FileBlobStore open(Path root, long leastFreeBytes) throws IOException {
        Path absolute = root.toAbsolutePath().normalize();
        FileBlobStore store = new FileBlobStore(absolute, leastFreeBytes);
        try {
            Files.createDirectories(store.blobs);
            Files.createDirectories(store.names);
            Files.createDirectories(temporary(absolute));
            store.temporaryFiles.sweep();
        } catch (IOException e) {
            throw store.explained(e);
        }
        return store;
    }

    private static Path temporary(Path root) {
        return root.resolve("tmp");
    }

    @Override
    public void put(Digest digest, InputStream bytes) throws IOException {
        Path blob = path(digest);
        if (Files.exists(blob)) {
            Bytes.requireDigest(digest, bytes);
            // Fails when it was deleted in between, and then it is not stored.
            Files.setLastModifiedTime(blob, FileTime.from(Instant.now()));
            return;
        }
        try (TemporaryFile file = temporaryFiles.create()) {
            MessageDigest sha256 = Digest.sha256();
            byte[] buffer = new byte[BUFFER_BYTES];
            long unchecked = BYTES_BETWEEN_CHECKS;
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                sha256.update(buffer, 0, read);
                unchecked += read;
                if (unchecked >= BYTES_BETWEEN_CHECKS) {
                    requireRoom();
                    unchecked = 0;
                }
                file.write(buffer, read);
            }
            Bytes.requireDigest(digest, Digest.finish(sha256));
            file.sync();
            createParents(blob);
            Files.move(file.path(), blob, StandardCopyOption.ATOMIC_MOVE);
            syncDirectory(blob);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public InputStream open(Digest digest, long offset, long length) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path(digest), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NoSuchBlobException("no blob " + digest + " in " + root);
        }
        try {
            Bytes.requireRange(offset, length, channel.size());
            channel.position(offset);
            return new LimitedInputStream(Channels.newInputStream(channel), length);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Optional<StoredBlob> find(Digest digest) throws IOException {
        try {
            BasicFileAttributes file = Files.readAttributes(path(digest), BasicFileAttributes.class);
            return Optional.of(
                    new StoredBlob(digest, file.size(), file.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void delete(Digest digest) throws IOException {
        Files.deleteIfExists(path(digest));
    }

    @Override
    public Digest link(String name, Digest digest) throws IOException {
        Path path = path(name);
        try (TemporaryFile file = temporaryFiles.create()) {
            byte[] text = (digest.hex() + "\n").getBytes(StandardCharsets.US_ASCII);
            file.write(text, text.length);
            file.sync();
            createParents(path);
            while (true) {
                try {
                    // Unlike a rename, a hard link refuses a name that is taken.
                    Files.createLink(path, file.path());
                    syncDirectory(path);
                    return digest;
                } catch (FileAlreadyExistsException e) {
                    Optional<Digest> winner = resolve(name);
                    if (winner.isPresent()) {
                        return winner.get();
                    }
                    // Unlinked in between: the name is free again.
                }
            }
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public Optional<Digest> resolve(String name) throws IOException {
        Path path = path(name);
        try {
            return Optional.of(new Digest(Files.readString(path).strip()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (InvalidInputException e) {
            throw new IOException("the name " + name + " in " + root + " is damaged", e);
        }
    }

    @Override
    public void unlink(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    @Override
    public void blobs(Consumer<StoredBlob> told) throws IOException {
        Files.walkFileTree(blobs, new FilesSeen((file, attributes) -> {
            String name = file.getFileName().toString();
            if (Digest.isOne(name)) {
                told.accept(new StoredBlob(
                        new Digest(name),
                        attributes.size(),
                        attributes.lastModifiedTime().toInstant()));
            }
        }));
    }

    @Override
    public void names(BiConsumer<String, Digest> told) throws IOException {
        List<String> found = new ArrayList<>();
        Files.walkFileTree(
                names,
                new FilesSeen((file, attributes) ->
                        Names.ofPath(names.relativize(file).toString()).ifPresent(found::add)));
        for (String name : found) {
            resolve(name).ifPresent(digest -> told.accept(name, digest));
        }
    }

    private record FilesSeen(BiConsumer<Path, BasicFileAttributes> seen) implements FileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            seen.accept(file, attributes);
            return FileVisitResult.CONTINUE;
        }

        /** Deleted in between. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
            if (e != null) {
                throw e;
            }
            return FileVisitResult.CONTINUE;
        }
    }

    @Override
    public void ping() throws IOException {
        try (TemporaryFile file = temporaryFiles.create()) {
            requireRoom();
            file.write(new byte[] {1}, 1);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public void close() {}

    private Path path(Digest digest) {
        return blobs.resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
    }

    private Path path(String name) {
        return names.resolve(Names.path(name));
    }

    private void requireRoom() throws IOException {
        long free = Files.getFileStore(root).getUsableSpace();
        if (free < leastFreeBytes) {
            throw new StoreFullException("the blob store's disk at " + root + " has " + free
                    + " bytes left, fewer than the " + leastFreeBytes + " to be kept free");
        }
    }

    private void createParents(Path file) throws IOException {
        Path directory = file.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            createParents(directory);
            Files.createDirectories(directory);
            syncDirectory(directory);
        }
    }

    /** A name is on the disk once its directory is. */
    private static void syncDirectory(Path file) throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** The JDK tells a full disk by the operating system's words alone. */
    private IOException explained(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
            return new StoreFullException("the blob store's disk at " + root + " is full", e);
        }
        return e;
    }
}
