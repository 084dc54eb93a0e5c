package io.bohrwerk.api.target;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.target.Target.StoredFile;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.blob.BlobStore;
import io.bohrwerk.protocol.target.Disk;
import io.bohrwerk.protocol.target.DiskHeader;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.multipart.MultipartFile;

/** The files of one upload, on their way to become a target. Reads them as streams, from where the server has put them on disk. */
final class TargetUpload {
    private static final int MOST_FILES = 100;
    private static final long LARGEST_MANIFEST = 256 << 10;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._,+@=-]{0,99}");
    private static final Pattern DIGEST_LINE = Pattern.compile("([0-9a-f]{64}) [ *](.+)");

    private final SortedMap<String, MultipartFile> files;
    private final SortedMap<String, Digest> digests;

    private TargetUpload(SortedMap<String, MultipartFile> files, SortedMap<String, Digest> digests) {
        this.files = files;
        this.digests = digests;
    }

    static TargetUpload of(List<MultipartFile> parts) throws IOException {
        require(
                !parts.isEmpty() && parts.size() <= MOST_FILES,
                "file",
                parts.size() + " parts",
                "must be 1 to " + MOST_FILES + " parts with file names");
        SortedMap<String, MultipartFile> files = new TreeMap<>();
        SortedMap<String, Digest> digests = new TreeMap<>();
        for (MultipartFile part : parts) {
            String name = part.getOriginalFilename() == null ? "" : part.getOriginalFilename();
            require(
                    PLAIN_NAME.matcher(name).matches(),
                    "file",
                    name,
                    "must have a plain file name: letters, digits and ._,+@=-, no folders, up to 100");
            require(files.put(name, part) == null, "file", name, "is there twice");
            digests.put(name, digest(part));
        }
        require(
                files.containsKey(TargetManifest.FILE_NAME),
                "file",
                files.keySet(),
                "must contain " + TargetManifest.FILE_NAME);
        return new TargetUpload(files, digests);
    }

    private static Digest digest(MultipartFile part) throws IOException {
        MessageDigest sha256 = Digest.sha256();
        try (InputStream in = part.getInputStream()) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        }
        return Digest.finish(sha256);
    }

    /**
     * Compares with what the client says it has sent.
     *
     * @param text lines as {@code sha256sum} prints them; null when the client says nothing
     */
    void verify(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return;
        }
        Map<String, Digest> expected = new TreeMap<>();
        for (String line : text.strip().split("\r?\n")) {
            var matcher = DIGEST_LINE.matcher(line);
            require(
                    matcher.matches(),
                    "digests",
                    line,
                    "must be lines as sha256sum prints them: digest, two spaces, name");
            expected.put(matcher.group(2), new Digest(matcher.group(1)));
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
        MultipartFile manifestFile = file(TargetManifest.FILE_NAME);
        require(
                manifestFile.getSize() <= LARGEST_MANIFEST,
                TargetManifest.FILE_NAME,
                manifestFile.getSize() + " bytes",
                "must be at most " + LARGEST_MANIFEST + " bytes");
        String yaml = new String(manifestFile.getBytes(), StandardCharsets.UTF_8);
        require(yaml.indexOf('\0') < 0, TargetManifest.FILE_NAME, "a NUL byte", "must be text");
        TargetManifest manifest = TargetManifest.parse(yaml);
        TargetBundle bundle = TargetBundle.of(manifest, digests);
        for (Disk disk : manifest.boot().disks()) {
            MultipartFile image = file(disk.file());
            try (InputStream in = image.getInputStream()) {
                DiskHeader.check(disk, in, image.getSize());
            }
        }
        List<StoredFile> stored = new ArrayList<>();
        for (Map.Entry<String, Digest> file : bundle.files().entrySet()) {
            MultipartFile part = file(file.getKey());
            try (InputStream in = part.getInputStream()) {
                blobs.put(file.getValue(), in);
            }
            stored.add(new StoredFile(file.getKey(), part.getSize(), file.getValue()));
        }
        // Last, so that a bundle in the store is a complete one.
        blobs.put(bundle.id(), new ByteArrayInputStream(bundle.text()));
        return new Target(bundle.id(), manifest, yaml, stored, now);
    }

    private MultipartFile file(String name) {
        return InvalidInputException.present(files.get(name), name);
    }
}
