package io.bohrwerk.api.replay;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.web.BlobDownload;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.batch.ArtifactKind;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class ReplayController {
    private final Replays replays;
    private final Failures failures;
    private final ReplayOrders orders;
    private final BlobDownload download;
    private final Fleet fleet;

    ReplayController(Replays replays, Failures failures, ReplayOrders orders, BlobDownload download, Fleet fleet) {
        this.replays = replays;
        this.failures = failures;
        this.orders = orders;
        this.download = download;
        this.fleet = fleet;
    }

    /** Any worker does it, when a slot is free; the answer says where to look for it. */
    @PostMapping(value = "/failures/{id}/replay", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ReplayView> order(@PathVariable UUID id, @RequestBody ReplayOrder order) {
        Replay replay = orders.order(id, order);
        return ResponseEntity.accepted()
                .header("Location", "/api/v1/replays/" + replay.id())
                .body(ReplayView.from(replay));
    }

    @GetMapping("/failures/{id}/replays")
    Page<ReplayView> ofFailure(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        requireFailure(id);
        Fleet.Activity activity = fleet.now();
        return Page.of(limit, cursor, (below, most) -> replays.ofFailure(id, below, most), Replay::position)
                .map(replay -> ReplayView.from(replay, replay.ended() ? 0 : activity.done(replay.id())));
    }

    @GetMapping("/replays/{id}")
    ReplayView get(@PathVariable UUID id) {
        Replay replay = replay(id);
        return ReplayView.from(replay, replay.ended() ? 0 : fleet.now().done(id));
    }

    @GetMapping("/replays/{id}/log")
    void log(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.MERGED_LOG, request, response);
    }

    @GetMapping("/replays/{id}/log/index")
    void index(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.MERGED_LOG_INDEX, request, response);
    }

    @GetMapping("/replays/{id}/divergence")
    void divergence(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        send(id, ArtifactKind.DIVERGENCE, request, response);
    }

    @GetMapping("/replays/{id}/adjacent")
    void adjacent(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.ADJACENT, request, response);
    }

    @GetMapping("/replays/{id}/when")
    void when(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        send(id, ArtifactKind.WHEN_CURVE, request, response);
    }

    private void send(UUID id, ArtifactKind kind, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Artifact log = replay(id).artifact(kind).orElseThrow(() -> new NotFoundException(kind + " of the replay", id));
        download.send(log.digest(), log.size(), id + "." + kind.fileName(), kind.mediaType(), request, response);
    }

    private Replay replay(UUID id) {
        return replays.findById(id).orElseThrow(() -> new NotFoundException("replay", id));
    }

    private void requireFailure(UUID id) {
        if (!failures.existsById(id)) {
            throw new NotFoundException("failure", id);
        }
    }
}
