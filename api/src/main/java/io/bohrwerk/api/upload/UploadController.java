package io.bohrwerk.api.upload;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * Resumable uploads by the tus protocol, version 1.0.0 (tus.io), with its extensions creation, expiration and termination. One demand goes
 * beyond it: the metadata must name the file's SHA-256, as {@code Upload-Metadata: sha256 <base64 of its 64 hexadecimal digits>}.
 */
@RestController
@RequestMapping("/api/v1/uploads")
class UploadController {
    private static final String VERSION = "1.0.0";
    private static final String RESUMABLE = "Tus-Resumable";
    private static final String OFFSET = "Upload-Offset";
    private static final String LENGTH = "Upload-Length";
    private static final String EXPIRES = "Upload-Expires";
    private static final String METADATA = "Upload-Metadata";
    private static final String DIGEST_KEY = "sha256";
    private static final String PIECE = "application/offset+octet-stream";

    private final Uploads uploads;

    UploadController(Uploads uploads) {
        this.uploads = uploads;
    }

    @RequestMapping(method = RequestMethod.OPTIONS)
    ResponseEntity<Void> abilities() {
        return ResponseEntity.noContent()
                .header(RESUMABLE, VERSION)
                .header("Tus-Version", VERSION)
                .header("Tus-Extension", "creation,expiration,termination")
                .header("Tus-Max-Size", Long.toString(uploads.longest()))
                .build();
    }

    /** The same file again is the same upload. Of one that the store has already nothing needs to be sent: ask with HEAD. */
    @PostMapping
    ResponseEntity<Void> begin(
            @RequestHeader(name = RESUMABLE, required = false) @Nullable String version,
            @RequestHeader(name = LENGTH, required = false) @Nullable String length,
            @RequestHeader(name = METADATA, required = false) @Nullable String metadata)
            throws IOException {
        requireVersion(version);
        Upload upload = uploads.begin(digest(metadata), number(LENGTH, length));
        return ResponseEntity.created(URI.create("/api/v1/uploads/" + upload.id()))
                .header(RESUMABLE, VERSION)
                .header(EXPIRES, expires(upload))
                .build();
    }

    @RequestMapping(path = "/{id}", method = RequestMethod.HEAD)
    ResponseEntity<Void> progress(@PathVariable String id) throws IOException {
        Upload upload = Upload.ofId(id);
        return ResponseEntity.ok()
                .header(RESUMABLE, VERSION)
                .header(OFFSET, Long.toString(uploads.offset(upload)))
                .header(LENGTH, Long.toString(upload.length()))
                .header("Cache-Control", "no-store")
                .header(EXPIRES, expires(upload))
                .build();
    }

    @PatchMapping("/{id}")
    ResponseEntity<Void> piece(
            @PathVariable String id,
            @RequestHeader(name = RESUMABLE, required = false) @Nullable String version,
            @RequestHeader(name = OFFSET, required = false) @Nullable String offset,
            HttpServletRequest request)
            throws IOException {
        requireVersion(version);
        require(
                PIECE.equals(request.getContentType()),
                "Content-Type",
                String.valueOf(request.getContentType()),
                "must be " + PIECE);
        Upload upload = Upload.ofId(id);
        long come = uploads.append(upload, number(OFFSET, offset), request.getInputStream());
        return ResponseEntity.noContent()
                .header(RESUMABLE, VERSION)
                .header(OFFSET, Long.toString(come))
                .header(EXPIRES, expires(upload))
                .build();
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> remove(
            @PathVariable String id, @RequestHeader(name = RESUMABLE, required = false) @Nullable String version)
            throws IOException {
        requireVersion(version);
        uploads.remove(Upload.ofId(id));
        return ResponseEntity.status(HttpStatus.NO_CONTENT)
                .header(RESUMABLE, VERSION)
                .build();
    }

    private String expires(Upload upload) throws IOException {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                uploads.expires(upload).atOffset(ZoneOffset.UTC));
    }

    private static void requireVersion(@Nullable String version) {
        require(VERSION.equals(version), RESUMABLE, String.valueOf(version), "must be " + VERSION);
    }

    private static long number(String header, @Nullable String value) {
        try {
            long number = Long.parseLong(InvalidInputException.present(value, header));
            require(number >= 0, header, number, "must be a number of bytes");
            return number;
        } catch (NumberFormatException e) {
            throw new InvalidInputException(header, String.valueOf(value), "must be a number of bytes");
        }
    }

    /** Pairs of a key and a value in base64, divided by commas. */
    private static Digest digest(@Nullable String metadata) {
        for (String pair : metadata == null ? new String[0] : metadata.split(",")) {
            String[] words = pair.strip().split(" ", 2);
            if (words[0].equals(DIGEST_KEY) && words.length == 2) {
                try {
                    return new Digest(
                            new String(Base64.getDecoder().decode(words[1].strip()), StandardCharsets.US_ASCII));
                } catch (IllegalArgumentException e) {
                    throw new InvalidInputException(
                            METADATA, words[1], "must have as sha256 the base64 of 64 lower-case hexadecimal digits");
                }
            }
        }
        throw new InvalidInputException(
                METADATA,
                metadata == null ? "" : metadata,
                "must name the file's digest: sha256 and the base64 of its 64 hexadecimal digits");
    }
}
