package io.bohrwerk.client;

import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;

/**
 * Sends a file by the tus protocol 1.0.0, and goes on where it was cut off: within one call, and in the next one, for the server knows an
 * upload by its file's digest. Reads the file as it is sent.
 */
final class ResumableUpload {
    private static final int CREATED = 201;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int FIRST_ERROR = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int LOCKED = 423;
    private static final int FIRST_SERVER_ERROR = 500;
    private static final int NO_ROOM = 507;

    /** Cuts in a row between which nothing came through; each followed by a pause twice as long as the last, up to the longest. */
    private static final int MOST_CUTS = 8;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    /** HEAD may have to wait for a check of gigabytes. */
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(10);

    private final HttpClient http;
    private final URI server;
    private final Duration firstPause;

    /** @param firstPause after a cut */
    ResumableUpload(HttpClient http, URI server, Duration firstPause) {
        this.http = http;
        this.server = server;
        this.firstPause = firstPause;
    }

    /**
     * Returns when the server has all of it and has found it right.
     *
     * @throws ApiException when the server refuses it, or cannot be reached for long
     */
    void send(Path file, Digest digest) throws IOException, InterruptedException {
        long length = Files.size(file);
        URI upload = begin(digest, length);
        long come = 0;
        IOException last = null;
        for (int cuts = 0; cuts < MOST_CUTS; cuts++) {
            if (cuts > 0) {
                long pause = firstPause.toMillis() << (cuts - 1);
                Thread.sleep(Math.min(pause, LONGEST_PAUSE.toMillis()));
            }
            try {
                long offset = offset(upload);
                if (offset > come) {
                    come = offset;
                    cuts = 0;
                }
                if (offset == length) {
                    return;
                }
                sendFrom(upload, file, offset, length);
                if (offset(upload) == length) {
                    return;
                }
            } catch (ApiException e) {
                if (e.status() == NOT_FOUND) {
                    upload = begin(digest, length); // it expired, or the server lost it
                } else if (!passes(e.status())) {
                    throw e;
                }
                last = e;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new ApiException(
                0,
                "uploading " + file.getFileName() + " failed too often, the last time with: " + last
                        + "; run the same command again to resume");
    }

    private static boolean passes(int status) {
        return status == LOCKED || status == CONFLICT || (status >= FIRST_SERVER_ERROR && status != NO_ROOM);
    }

    private URI begin(Digest digest, long length) throws IOException, InterruptedException {
        String name = Base64.getEncoder().encodeToString(digest.hex().getBytes(StandardCharsets.US_ASCII));
        HttpResponse<String> answer = answer(request(server.resolve("/api/v1/uploads"))
                .timeout(ANSWER_LIMIT)
                .header("Upload-Length", Long.toString(length))
                .header("Upload-Metadata", "sha256 " + name)
                .POST(BodyPublishers.noBody()));
        require(answer, CREATED);
        return server.resolve(answer.headers().firstValue("Location").orElse(""));
    }

    private long offset(URI upload) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                answer(request(upload).timeout(ANSWER_LIMIT).method("HEAD", BodyPublishers.noBody()));
        require(answer, OK);
        return answer.headers().firstValueAsLong("Upload-Offset").orElse(0);
    }

    private void sendFrom(URI upload, Path file, long offset, long length) throws IOException, InterruptedException {
        HttpResponse<String> answer = answer(request(upload)
                .header("Upload-Offset", Long.toString(offset))
                .header("Content-Type", "application/offset+octet-stream")
                .method(
                        "PATCH",
                        BodyPublishers.fromPublisher(
                                BodyPublishers.ofInputStream(() -> open(file, offset)), length - offset)));
        require(answer, NO_CONTENT);
    }

    private static InputStream open(Path file, long offset) {
        try {
            return Channels.newInputStream(
                    FileChannel.open(file, StandardOpenOption.READ).position(offset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).header("Tus-Resumable", "1.0.0");
    }

    private HttpResponse<String> answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private void require(HttpResponse<String> answer, int status) throws ApiException {
        if (answer.statusCode() >= FIRST_ERROR) {
            throw ApiClient.refused(server, answer.statusCode(), answer.body());
        }
        if (answer.statusCode() != status) {
            throw new ApiException(answer.statusCode(), server + " does not look like a Bohrwerk server");
        }
    }
}
