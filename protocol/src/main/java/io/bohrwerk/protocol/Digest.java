package io.bohrwerk.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest: the name of a blob, and the id of a target.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(@JsonValue String hex) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{64}");

    @JsonCreator
    public Digest {
        InvalidInputException.require(
                SHAPE.matcher(hex).matches(), "digest", hex, "must be 64 lower-case hexadecimal digits");
    }

    /** Whether the text is a digest. */
    public static boolean isOne(String text) {
        return SHAPE.matcher(text).matches();
    }

    /** The digest of these bytes. */
    public static Digest of(byte[] bytes) {
        return finish(sha256(bytes));
    }

    /** The digest of a file's bytes, read as a stream. */
    public static Digest of(Path file) throws IOException {
        MessageDigest sha256 = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        }
        return finish(sha256);
    }

    /** A fresh SHA-256, to be given to {@link #finish} once it has seen all bytes. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The digest of what {@code sha256} has seen. */
    public static Digest finish(MessageDigest sha256) {
        return new Digest(HexFormat.of().formatHex(sha256.digest()));
    }

    private static MessageDigest sha256(byte[] bytes) {
        MessageDigest sha256 = sha256();
        sha256.update(bytes);
        return sha256;
    }

    /** The first twelve digits: enough for people, never used as a key. */
    public String abbreviated() {
        return hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return hex;
    }
}
