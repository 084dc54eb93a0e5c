package io.bohrwerk.api.replay;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.mergedlog.divergence.Adjacent;
import io.bohrwerk.mergedlog.divergence.Divergence;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.when.WhenCurve;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A failing iteration beside a passing one, or beside itself in other times. Asked for with POST, made by a worker as a replay, and read with GET. */
@RestController
@RequestMapping("/api/v1/failures/{id}")
class ComparisonController {
    /** A worker keeps to some hundred rows. */
    private static final int LARGEST = 4 << 20;
    /** Of each kind, results are looked for in so many of the latest. */
    private static final Limit LATEST = Limit.of(10);

    private final Replays replays;
    private final Failures failures;
    private final ReplayOrders orders;
    private final BlobStore blobs;
    private final Fleet fleet;

    ComparisonController(Replays replays, Failures failures, ReplayOrders orders, BlobStore blobs, Fleet fleet) {
        this.replays = replays;
        this.failures = failures;
        this.orders = orders;
        this.blobs = blobs;
        this.fleet = fleet;
    }

    /**
     * @param replay the latest that was ordered; its state tells whether it is worth while to ask again
     * @param result of the latest that had one; null until then
     */
    record View<T>(ReplayView replay, @Nullable T result) {}

    /** Where the failing iteration and the nearest passing one went apart. One that is under way already is not ordered again. */
    @PostMapping("/divergence")
    ResponseEntity<ReplayView> orderDivergence(@PathVariable UUID id) {
        return order(id, ReplayMode.DIVERGENCE);
    }

    @GetMapping("/divergence")
    View<Divergence> divergence(@PathVariable UUID id) throws IOException {
        return view(id, ReplayMode.DIVERGENCE, ReplayMode.ADJACENT, ArtifactKind.DIVERGENCE, Divergence.class);
    }

    /** Two schedules next to each other, one of which fails. One that is under way already is not ordered again. */
    @PostMapping("/adjacent")
    ResponseEntity<ReplayView> orderAdjacent(@PathVariable UUID id) {
        return order(id, ReplayMode.ADJACENT);
    }

    @GetMapping("/adjacent")
    View<Adjacent> adjacent(@PathVariable UUID id) throws IOException {
        return view(id, ReplayMode.ADJACENT, ReplayMode.DIVERGENCE, ArtifactKind.ADJACENT, Adjacent.class);
    }

    /**
     * From where on the failure is certain. One that is under way already is not ordered again.
     *
     * @param options none for the defaults
     */
    @PostMapping("/when")
    ResponseEntity<ReplayView> orderWhen(
            @PathVariable UUID id, @RequestBody(required = false) @Nullable WhenOptions options) {
        return order(
                id,
                options == null
                        ? ReplayOrder.of(ReplayMode.WHEN)
                        : new ReplayOrder(ReplayMode.WHEN, null, null, options.runs(), options.points()));
    }

    @GetMapping("/when")
    View<WhenView> when(@PathVariable UUID id) throws IOException {
        View<WhenCurve> view = view(id, ReplayMode.WHEN, ReplayMode.WHEN, ArtifactKind.WHEN_CURVE, WhenCurve.class);
        WhenCurve curve = view.result();
        return new View<>(view.replay(), curve == null ? null : WhenView.from(curve));
    }

    private ResponseEntity<ReplayView> order(UUID id, ReplayMode mode) {
        return order(id, ReplayOrder.of(mode));
    }

    private ResponseEntity<ReplayView> order(UUID id, ReplayOrder order) {
        Replay replay = replays.ofMode(id, order.mode(), Limit.of(1)).stream()
                .filter(latest -> !latest.ended())
                .findFirst()
                .orElseGet(() -> orders.order(id, order));
        return ResponseEntity.accepted()
                .header("Location", "/api/v1/replays/" + replay.id())
                .body(ReplayView.from(replay));
    }

    /** @param other a mode whose replays may leave the same kind of result */
    private <T> View<T> view(UUID id, ReplayMode mode, ReplayMode other, ArtifactKind kind, Class<T> type)
            throws IOException {
        if (!failures.existsById(id)) {
            throw new NotFoundException("failure", id);
        }
        List<Replay> own = replays.ofMode(id, mode, LATEST);
        List<Replay> others = replays.ofMode(id, other, LATEST);
        Optional<Replay> holder = holder(own, kind).or(() -> holder(others, kind));
        Replay latest = own.isEmpty()
                ? holder.orElseThrow(() -> new RefusedException(
                        HttpStatus.NOT_FOUND,
                        null,
                        "nobody has asked for this of failure " + id + "; this does: POST /api/v1/failures/" + id + "/"
                                + mode.name().toLowerCase(java.util.Locale.ROOT)))
                : own.get(0);
        return new View<>(
                ReplayView.from(latest, latest.ended() ? 0 : fleet.now().done(latest.id())),
                holder.isEmpty() ? null : read(holder.get().artifact(kind).orElseThrow(), type));
    }

    private static Optional<Replay> holder(List<Replay> replays, ArtifactKind kind) {
        return replays.stream()
                .filter(replay -> replay.artifact(kind).isPresent())
                .findFirst();
    }

    private <T> T read(Artifact artifact, Class<T> type) throws IOException {
        Digest digest = artifact.digest();
        try (InputStream in = blobs.open(digest, 0, LARGEST)) {
            return Wire.read(in.readNBytes(LARGEST), type);
        }
    }
}
