package io.bohrwerk.api.log;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.replay.Replays;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.mergedlog.LogKind;
import io.bohrwerk.mergedlog.LogQuery;
import io.bohrwerk.mergedlog.LogReader;
import io.bohrwerk.mergedlog.LogSummary;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.ArtifactKind;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What is in the merged log of a failure, or of a replay that was ordered later. */
@RestController
@RequestMapping({"/api/v1/failures/{id}/log", LogController.REPLAYS + "{id}/log"})
class LogController {
    static final String REPLAYS = "/api/v1/replays/";
    /** Logs that are being read by somebody: who pages through one need not fetch its directory each time. */
    private static final int OPEN_LOGS = 8;

    private final Failures failures;
    private final Replays replays;
    private final BlobStore blobs;
    private final Map<Digest, LogReader> open = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, LogReader> eldest) {
            return size() > OPEN_LOGS;
        }
    });

    LogController(Failures failures, Replays replays, BlobStore blobs) {
        this.failures = failures;
        this.replays = replays;
        this.blobs = blobs;
    }

    @GetMapping("/summary")
    LogSummary summary(HttpServletRequest request, @PathVariable UUID id) throws IOException {
        return reader(request, id).summary();
    }

    @GetMapping("/entries")
    LogEntriesView entries(
            HttpServletRequest request,
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Long from,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String direction,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(required = false) @Nullable String vector,
            @RequestParam(required = false) @Nullable Long iteration,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable String repeated)
            throws IOException {
        LogQuery query = new LogQuery(
                from,
                limit == null ? LogQuery.DEFAULT_LIMIT : limit,
                oneOf("direction", direction, "forward", "backward"),
                set(kind, LogKind::of),
                set(vector, LogController::vector),
                iteration,
                text,
                oneOf("repeated", repeated, "false", "true"));
        return LogEntriesView.from(reader(request, id).find(query));
    }

    /** Whether a parameter is the second of its two words; without it, it is the first. */
    private static boolean oneOf(String field, @Nullable String value, String first, String second) {
        String word = value == null ? first : value;
        InvalidInputException.require(
                word.equals(first) || word.equals(second), field, word, "must be one of " + first + ", " + second);
        return word.equals(second);
    }

    private static <T> Set<T> set(@Nullable String list, Function<String, T> parse) {
        return list == null || list.isEmpty()
                ? Set.of()
                : List.of(list.split(",", -1)).stream()
                        .map(String::strip)
                        .map(parse)
                        .collect(Collectors.toSet());
    }

    private static int vector(String text) {
        try {
            return Integer.decode(text);
        } catch (NumberFormatException e) {
            throw new InvalidInputException("vector", text, "must be a number between 0 and 255");
        }
    }

    private LogReader reader(HttpServletRequest request, UUID id) throws IOException {
        boolean ofFailure = !request.getServletPath().startsWith(REPLAYS);
        String whose = ofFailure ? "failure" : "replay";
        Artifact log = (ofFailure ? ofFailure(id, ArtifactKind.MERGED_LOG) : ofReplay(id, ArtifactKind.MERGED_LOG))
                .orElseThrow(() -> new NotFoundException("merged log of the " + whose, id));
        Artifact index = (ofFailure
                        ? ofFailure(id, ArtifactKind.MERGED_LOG_INDEX)
                        : ofReplay(id, ArtifactKind.MERGED_LOG_INDEX))
                .orElseThrow(() -> new NotFoundException("index of the merged log of the " + whose, id));
        LogReader known = open.get(index.digest());
        if (known != null) {
            return known;
        }
        LogReader reader = LogReader.open(blobs, log.digest(), index.digest());
        open.put(index.digest(), reader);
        return reader;
    }

    private Optional<Artifact> ofFailure(UUID id, ArtifactKind kind) {
        return failures.findById(id)
                .orElseThrow(() -> new NotFoundException("failure", id))
                .artifact(kind);
    }

    private Optional<Artifact> ofReplay(UUID id, ArtifactKind kind) {
        return replays.findById(id)
                .orElseThrow(() -> new NotFoundException("replay", id))
                .artifact(kind);
    }
}
