package io.bohrwerk.client;

import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bohrwerk's REST API, as far as the command line needs it. */
public final class ApiClient {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** Answers are small; a server that takes longer is stuck. Uploads and downloads have no limit. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    /** Larger files of a target are sent alone, and resumably. Smaller ones take seconds. */
    private static final long LARGEST_PART = 16 << 20;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int FIRST_ERROR = 400;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final URI server;
    private final @Nullable String token;

    /** For a server that wants no token. */
    public ApiClient(URI server) {
        this(server, null);
    }

    /** @param token shown with each request; null for none */
    public ApiClient(URI server, @Nullable String token) {
        this.server = server;
        this.token = token;
    }

    public URI server() {
        return server;
    }

    /** A resource below {@code /api/v1}, for example {@code /jobs}. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return json(request("/api/v1" + path).timeout(ANSWER_LIMIT).GET());
    }

    /** Every item of a list, page by page. */
    public List<JsonNode> list(String path) throws IOException, InterruptedException {
        List<JsonNode> items = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get(path + "?limit=500" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.path("items").forEach(items::add);
            cursor = page.path("next").asString("");
        } while (!cursor.isEmpty());
        return items;
    }

    public JsonNode post(String path, JsonNode document) throws IOException, InterruptedException {
        return json(request("/api/v1" + path)
                .timeout(ANSWER_LIMIT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(document.toString(), StandardCharsets.UTF_8)));
    }

    /** Takes a resource away. */
    public void delete(String path) throws IOException, InterruptedException {
        json(request("/api/v1" + path).timeout(ANSWER_LIMIT).DELETE());
    }

    /**
     * Uploads a target: its manifest, the files that this names, and their digests. Large files go first, each by itself, so that a cut
     * costs only what was under way; what the server has already is not sent again. The answer's {@code id} is the target's.
     */
    public JsonNode addTarget(Path directory) throws IOException, InterruptedException {
        TargetFiles target = TargetFiles.in(directory);
        SortedMap<String, Digest> digests = new TreeMap<>();
        digests.put(TargetManifest.FILE_NAME, Digest.of(directory.resolve(TargetManifest.FILE_NAME)));
        for (String name : target.manifest().boot().files()) {
            digests.put(name, Digest.of(directory.resolve(name)));
        }
        TargetBundle bundle = new TargetBundle(digests);
        Multipart multipart = new Multipart().text("digests", new String(bundle.text(), StandardCharsets.UTF_8));
        Path check = directory.resolve(Conformance.FILE_NAME);
        if (Files.exists(check) && isOf(bundle, check)) {
            multipart.file("file", Conformance.FILE_NAME, check);
        }
        for (Map.Entry<String, Digest> file : digests.entrySet()) {
            Path path = directory.resolve(file.getKey());
            if (Files.size(path) <= LARGEST_PART) {
                multipart.file("file", file.getKey(), path);
            } else {
                sendAlone(path, file.getValue());
            }
        }
        return json(request("/api/v1/targets")
                .header("Content-Type", multipart.contentType())
                .POST(multipart.body()));
    }

    /** What a check left of an earlier state of the target says nothing of this one: a worker will check it. */
    private static boolean isOf(TargetBundle bundle, Path check) throws IOException {
        try {
            return Wire.read(Files.readAllBytes(check), Conformance.class)
                    .target()
                    .equals(bundle.id());
        } catch (InvalidInputException e) {
            return false;
        }
    }

    private void sendAlone(Path path, Digest digest) throws IOException, InterruptedException {
        try {
            new ResumableUpload(http, server, FIRST_PAUSE).send(path, digest);
        } catch (java.net.ConnectException e) {
            throw away();
        }
    }

    /**
     * Downloads into a file, which appears when it is whole and its digest is right.
     *
     * @param path as the API gives it, from the server's root
     */
    public void download(String path, Digest digest, Path file) throws IOException, InterruptedException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        HttpResponse<InputStream> response = send(request(path).GET(), BodyHandlers.ofInputStream());
        MessageDigest sha256 = Digest.sha256();
        try (InputStream in = response.body()) {
            if (response.statusCode() != OK) {
                throw refused(response.statusCode(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            try (OutputStream out = new DigestOutputStream(Files.newOutputStream(part), sha256)) {
                in.transferTo(out);
            }
        }
        Digest got = Digest.finish(sha256);
        if (!got.equals(digest)) {
            Files.delete(part);
            throw new ApiException(
                    OK, file.getFileName() + " arrived damaged: its digest is " + got + " instead of " + digest);
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Downloads into a file as it comes. @param path as the API gives it, from the server's root */
    void download(String path, Path file) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = send(request(path).GET(), BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (response.statusCode() != OK) {
                throw refused(response.statusCode(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private HttpRequest.Builder request(String path) {
        URI address = server.resolve(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Accept", "application/json, */*;q=0.1");
        // Nobody else is to have it, whatever the server's answers point to.
        boolean same = server.getAuthority() != null && server.getAuthority().equals(address.getAuthority());
        return token != null && same ? request.header("Authorization", "Bearer " + token) : request;
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        try {
            return http.send(request.build(), body);
        } catch (java.net.ConnectException e) {
            throw away();
        }
    }

    private ApiException away() {
        return new ApiException(0, "no server is answering at " + server + "; start one with: ./bohrwerk up");
    }

    private JsonNode json(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() >= FIRST_ERROR) {
            throw refused(response.statusCode(), response.body());
        }
        if (response.statusCode() == NO_CONTENT) {
            return JSON.nullNode();
        }
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException e) {
            throw new ApiException(response.statusCode(), server + " does not look like a Bohrwerk server");
        }
    }

    private ApiException refused(int status, String body) {
        return refused(server, status, body);
    }

    /** The server's own words (problem+json), when it found some. */
    static ApiException refused(URI server, int status, String body) {
        String said = "";
        try {
            JsonNode problem = JSON.readTree(body);
            said = problem.path("detail").asString(problem.path("title").asString(""));
        } catch (JacksonException e) {
            // Not Bohrwerk's own answer: the status must do.
        }
        return new ApiException(status, said.isEmpty() ? server + " answered with status " + status : said);
    }
}
