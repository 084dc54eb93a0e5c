package io.bohrwerk.api.web;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Gives a blob to a client: as a whole, in ranges, or not at all when the client has it already. A blob never changes, so its digest is a
 * strong ETag. Streams in bounded memory. One that is asked for as a whole is compared with its digest on the way: when it is damaged the
 * connection ends before its last bytes.
 */
@Component
public class BlobDownload {
    private final BlobStore blobs;

    BlobDownload(BlobStore blobs) {
        this.blobs = blobs;
    }

    /**
     * @param fileName offered to the client; plain ASCII without quotes
     * @param size of the blob in bytes
     */
    public void send(
            Digest digest,
            long size,
            String fileName,
            String mediaType,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        send(new Blob(blobs, digest, size), fileName, mediaType, request, response);
    }

    private record Blob(BlobStore blobs, Digest digest, long size) implements Download {
        @Override
        public String tag() {
            return digest.hex();
        }

        @Override
        public InputStream open(long offset, long length) throws IOException {
            InputStream bytes = blobs.open(digest, offset, length);
            if (offset != 0 || length < size) {
                return bytes; // of a part nothing can be said
            }
            try {
                return new CheckedStream(bytes, digest);
            } catch (IOException | RuntimeException e) {
                bytes.close();
                throw e;
            }
        }
    }

    /** @param fileName offered to the client; plain ASCII without quotes */
    public void send(
            Download download,
            String fileName,
            String mediaType,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        long size = download.size();
        String etag = "\"" + download.tag() + "\"";
        response.setHeader(HttpHeaders.ETAG, etag);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        if (names(request, etag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        ByteRange range = range(request, etag, size);
        if (range == null) {
            response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
            response.setStatus(HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
            return;
        }
        boolean head = "HEAD".equals(request.getMethod());
        // Opened before the headers are set, so that a blob which is missing is still an error with words.
        try (InputStream bytes = head ? InputStream.nullInputStream() : download.open(range.offset(), range.length())) {
            response.setStatus(range.partial() ? HttpServletResponse.SC_PARTIAL_CONTENT : HttpServletResponse.SC_OK);
            if (range.partial()) {
                response.setHeader(HttpHeaders.CONTENT_RANGE, range.contentRange(size));
            }
            response.setContentType(mediaType);
            response.setContentLengthLong(range.length());
            response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + fileName + "\"");
            response.setHeader("X-Content-Type-Options", "nosniff");
            bytes.transferTo(response.getOutputStream());
        }
    }

    private static boolean names(HttpServletRequest request, String etag) {
        List<String> known = Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH)).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .collect(Collectors.toList());
        return known.contains(etag) || known.contains("*");
    }

    /** An {@code If-Range} that names another version, or a date, asks for the whole. */
    private static @Nullable ByteRange range(HttpServletRequest request, String etag, long size) {
        String condition = request.getHeader(HttpHeaders.IF_RANGE);
        boolean applies = "GET".equals(request.getMethod()) && (condition == null || condition.equals(etag));
        return applies ? ByteRange.of(request.getHeader(HttpHeaders.RANGE), size) : ByteRange.whole(size);
    }
}
