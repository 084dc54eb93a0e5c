package io.bohrwerk.api.failure;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.crash.Crashes;
import io.bohrwerk.api.web.BlobDownload;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.api.web.Word;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class FailureController {
    /** Those of an iteration that did not pass. */
    private static final Outcome[] FAILING = {Outcome.FAILED, Outcome.HUNG, Outcome.PANICKED};

    private final Failures failures;
    private final FailureList list;
    private final Crashes crashes;
    private final BlobDownload download;

    FailureController(Failures failures, FailureList list, Crashes crashes, BlobDownload download) {
        this.failures = failures;
        this.list = list;
        this.crashes = crashes;
        this.download = download;
    }

    /**
     * @param outcome {@code failed}, {@code hung} or {@code panicked}; all when there is none
     * @param replay {@code verified}, {@code diverged} or {@code not-replayed}; all when there is none
     * @param text part of the title, or of the reason of those that have none
     * @param report false leaves the reports out
     */
    @GetMapping("/failures")
    Page<FailureView> list(
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable String replay,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(defaultValue = "true") boolean report,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        FailureList.Kind kind = new FailureList.Kind(
                outcome == null ? null : Word.constant("outcome", outcome, FAILING),
                replay == null ? null : Word.constant("replay", replay, ReplayVerdict.values()),
                text);
        return Page.of(limit, cursor, (below, most) -> list.below(kind, below, most), Failure::position)
                .map(failure -> view(failure, report));
    }

    @GetMapping("/crashes/{id}/failures")
    Page<FailureView> ofCrash(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "true") boolean report,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (!crashes.existsById(id)) {
            throw new NotFoundException("crash", id);
        }
        return Page.of(limit, cursor, (below, most) -> failures.ofCrash(id, below, most), Failure::position)
                .map(failure -> view(failure, report));
    }

    private static FailureView view(Failure failure, boolean report) {
        FailureView view = FailureView.from(failure);
        return report ? view : view.withoutReport();
    }

    @GetMapping("/failures/{id}")
    FailureView get(@PathVariable UUID id) {
        return FailureView.from(find(id));
    }

    @GetMapping("/failures/{id}/log")
    void log(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.MERGED_LOG, request, response);
    }

    @GetMapping("/failures/{id}/log/index")
    void logIndex(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.MERGED_LOG_INDEX, request, response);
    }

    @GetMapping("/failures/{id}/snapshot")
    void snapshot(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (find(id).artifact(ArtifactKind.SNAPSHOT).isEmpty()) {
            throw new RefusedException(
                    HttpStatus.NOT_FOUND,
                    null,
                    "the snapshots of failure " + id + " were not kept; this makes them: POST /api/v1/failures/" + id
                            + "/replay with {\"mode\": \"checkpoints\"}");
        }
        send(id, ArtifactKind.SNAPSHOT, request, response);
    }

    @GetMapping("/failures/{id}/recording")
    void recording(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.RECORDING, request, response);
    }

    @GetMapping("/failures/{id}/manifest")
    void manifest(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.MANIFEST, request, response);
    }

    private void send(UUID id, ArtifactKind kind, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Artifact artifact =
                find(id).artifact(kind).orElseThrow(() -> new NotFoundException(kind + " of the failure", id));
        download.send(
                artifact.digest(), artifact.size(), id + "." + kind.fileName(), kind.mediaType(), request, response);
    }

    private Failure find(UUID id) {
        return failures.findById(id).orElseThrow(() -> new NotFoundException("failure", id));
    }
}
