package io.bohrwerk.api.target;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.target.Target.StoredFile;
import io.bohrwerk.api.upload.Uploads;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.target.Disk;
import io.bohrwerk.protocol.target.DiskHeader;
import io.bohrwerk.protocol.target.KernelImage;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.multipart.MultipartFile;

/**
 * The files of one upload, on their way to become a target. Reads them as streams, from where the server has put them on disk. Those that
 * only have a digest were sent before, in pieces, or are in the store already.
 */
final class TargetUpload {
    private static final int MOST_FILES = 100;
    private static final long LARGEST_MANIFEST = 256 << 10;
    /** Ten keys and three answers with notes of up to 2,000 characters each. */
    private static final long LARGEST_FINDING = 256 << 10;

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._,+@=-]{0,99}");
    private static final Pattern DIGEST_LINE = Pattern.compile("([0-9a-f]{64}) [ *](.+)");

    /** As much of a kernel as tells for which processor it is. */
    private static final int KERNEL_HEAD = 4 << 10;

    private final SortedMap<String, Content> files;
    private final SortedMap<String, Digest> digests;
    private final @Nullable Conformance finding;

    private TargetUpload(
            SortedMap<String, Content> files, SortedMap<String, Digest> digests, @Nullable Conformance finding) {
        this.files = files;
        this.digests = digests;
        this.finding = finding;
    }

    /** Bytes of a known number. */
    private interface Content {
        long size();

        InputStream open() throws IOException;

        /** Puts them where they are not yet. */
        void store(BlobStore blobs, Digest digest) throws IOException;
    }

    /** A part of the request. */
    private record Sent(MultipartFile part) implements Content {
        @Override
        public long size() {
            return part.getSize();
        }

        @Override
        public InputStream open() throws IOException {
            return part.getInputStream();
        }

        @Override
        public void store(BlobStore blobs, Digest digest) throws IOException {
            try (InputStream in = open()) {
                blobs.put(digest, in);
            }
        }
    }

    /** A file that was uploaded in pieces. */
    private record Uploaded(Path file, long size) implements Content {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public void store(BlobStore blobs, Digest digest) throws IOException {
            try (InputStream in = open()) {
                blobs.put(digest, in);
            }
        }
    }

    /** What another target has as well. */
    private record Stored(BlobStore blobs, Digest digest, long size) implements Content {
        @Override
        public InputStream open() throws IOException {
            return blobs.open(digest);
        }

        @Override
        public void store(BlobStore store, Digest expected) throws IOException {
            if (store.size(expected).isEmpty()) {
                throw notSent(expected.hex(), expected);
            }
        }
    }

    /**
     * @param parts of the request
     * @param text digests of all files, as {@code sha256sum} prints them; null when the client says nothing
     */
    static TargetUpload of(List<MultipartFile> parts, @Nullable String text, Uploads uploads, BlobStore blobs)
            throws IOException {
        require(
                !parts.isEmpty() && parts.size() <= MOST_FILES,
                "file",
                parts.size() + " parts",
                "must be 1 to " + MOST_FILES + " parts with file names");
        SortedMap<String, Content> files = new TreeMap<>();
        SortedMap<String, Digest> digests = new TreeMap<>();
        Conformance finding = null;
        for (MultipartFile part : parts) {
            String name = part.getOriginalFilename() == null ? "" : part.getOriginalFilename();
            requirePlain("file", name);
            if (name.equals(Conformance.FILE_NAME)) {
                finding = finding(part);
                continue;
            }
            require(files.put(name, new Sent(part)) == null, "file", name, "is there twice");
            digests.put(name, digest(part));
        }
        require(
                files.containsKey(TargetManifest.FILE_NAME),
                "file",
                files.keySet(),
                "must contain " + TargetManifest.FILE_NAME);
        for (Map.Entry<String, Digest> expected : parse(text).entrySet()) {
            if (!files.containsKey(expected.getKey())) {
                requirePlain("digests", expected.getKey());
                require(
                        files.size() < MOST_FILES,
                        "digests",
                        expected.getKey(),
                        "is more than " + MOST_FILES + " files");
                files.put(expected.getKey(), sentBefore(expected.getKey(), expected.getValue(), uploads, blobs));
                digests.put(expected.getKey(), expected.getValue());
            }
        }
        TargetUpload upload = new TargetUpload(files, digests, finding);
        upload.verify(parse(text));
        return upload;
    }

    private static Conformance finding(MultipartFile part) throws IOException {
        require(
                part.getSize() <= LARGEST_FINDING,
                Conformance.FILE_NAME,
                part.getSize() + " bytes",
                "must be at most " + LARGEST_FINDING + " bytes");
        return Wire.read(part.getBytes(), Conformance.class);
    }

    /** What a check found of this target, where it came along. */
    Optional<Conformance> finding() {
        return Optional.ofNullable(finding);
    }

    private static void requirePlain(String field, String name) {
        require(
                PLAIN_NAME.matcher(name).matches(),
                field,
                name,
                "must have a plain file name: letters, digits and ._,+@=-, no folders, up to 100");
    }

    private static Content sentBefore(String name, Digest digest, Uploads uploads, BlobStore blobs) throws IOException {
        Optional<Path> uploaded = uploads.find(digest);
        if (uploaded.isPresent()) {
            return new Uploaded(uploaded.get(), Files.size(uploaded.get()));
        }
        return new Stored(blobs, digest, blobs.size(digest).orElseThrow(() -> notSent(name, digest)));
    }

    private static RefusedException notSent(String name, Digest digest) {
        return new RefusedException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "digests",
                name + " is in the digests, but was not sent, and nothing with the digest " + digest
                        + " was uploaded: send it as a part, or first to /api/v1/uploads");
    }

    private static Digest digest(MultipartFile part) throws IOException {
        MessageDigest sha256 = Digest.sha256();
        try (InputStream in = part.getInputStream()) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        }
        return Digest.finish(sha256);
    }

    /** @return empty when the client says nothing */
    private static Map<String, Digest> parse(@Nullable String text) {
        Map<String, Digest> digests = new TreeMap<>();
        for (String line :
                text == null || text.isBlank() ? new String[0] : text.strip().split("\r?\n")) {
            var matcher = DIGEST_LINE.matcher(line);
            require(
                    matcher.matches(),
                    "digests",
                    line,
                    "must be lines as sha256sum prints them: digest, two spaces, name");
            digests.put(matcher.group(2), new Digest(matcher.group(1)));
        }
        return digests;
    }

    /** Compares with what the client says it has sent. */
    private void verify(Map<String, Digest> expected) {
        if (expected.isEmpty()) {
            return;
        }
        if (!expected.keySet().equals(digests.keySet())) {
            throw mismatch("the digests are of " + expected.keySet() + ", the files are " + digests.keySet());
        }
        expected.forEach((name, digest) -> {
            Digest actual = digests.get(name);
            if (!digest.equals(actual)) {
                throw mismatch(name + " arrived with the digest " + actual + ", but was sent with " + digest);
            }
        });
    }

    private static RefusedException mismatch(String message) {
        return new RefusedException(HttpStatus.UNPROCESSABLE_CONTENT, "digests", message);
    }

    /** Checks the bundle and puts its files and its text into the store. Doing so twice is no harm. */
    Target store(BlobStore blobs, Instant now) throws IOException {
        Content manifestFile = file(TargetManifest.FILE_NAME);
        require(
                manifestFile.size() <= LARGEST_MANIFEST,
                TargetManifest.FILE_NAME,
                manifestFile.size() + " bytes",
                "must be at most " + LARGEST_MANIFEST + " bytes");
        String yaml = new String(head(manifestFile, (int) LARGEST_MANIFEST), StandardCharsets.UTF_8);
        require(yaml.indexOf('\0') < 0, TargetManifest.FILE_NAME, "a NUL byte", "must be text");
        TargetManifest manifest = TargetManifest.parse(yaml);
        TargetBundle bundle = TargetBundle.of(manifest, digests);
        require(
                finding == null || finding.target().equals(bundle.id()),
                Conformance.FILE_NAME,
                finding == null ? "" : finding.target(),
                "must be of this target, " + bundle.id() + ": check it again, or leave the file out");
        String kernel = manifest.boot().kernel();
        if (kernel != null) {
            KernelImage.of(head(file(kernel), KERNEL_HEAD)).requireFit(manifest);
        }
        for (Disk disk : manifest.boot().disks()) {
            Content image = file(disk.file());
            try (InputStream in = image.open()) {
                DiskHeader.check(disk, in, image.size());
            }
        }
        List<StoredFile> stored = new ArrayList<>();
        for (Map.Entry<String, Digest> file : bundle.files().entrySet()) {
            Content content = file(file.getKey());
            content.store(blobs, file.getValue());
            stored.add(new StoredFile(file.getKey(), content.size(), file.getValue()));
        }
        // Last, so that a bundle in the store is a complete one.
        blobs.put(bundle.id(), new ByteArrayInputStream(bundle.text()));
        return new Target(bundle.id(), manifest, yaml, stored, now);
    }

    /** Once a target has them: what was uploaded for it need not be kept beside the store. */
    void takeUploadsAway() throws IOException {
        for (Content content : files.values()) {
            if (content instanceof Uploaded uploaded) {
                Files.deleteIfExists(uploaded.file());
            }
        }
    }

    private static byte[] head(Content content, int most) throws IOException {
        try (InputStream in = content.open()) {
            return in.readNBytes(most);
        }
    }

    private Content file(String name) {
        return InvalidInputException.present(files.get(name), name);
    }
}
