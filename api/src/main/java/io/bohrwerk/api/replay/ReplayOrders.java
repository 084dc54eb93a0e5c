package io.bohrwerk.api.replay;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Takes orders of replays, and sends them on their way to a worker. */
@Component
class ReplayOrders {
    private final Replays replays;
    private final Failures failures;
    private final Outbox outbox;

    ReplayOrders(Replays replays, Failures failures, Outbox outbox) {
        this.replays = replays;
        this.failures = failures;
        this.outbox = outbox;
    }

    @Transactional
    Replay order(UUID id, ReplayOrder order) {
        Failure failure = failures.findById(id).orElseThrow(() -> new NotFoundException("failure", id));
        Again again = failure.coordinates().again();
        if (again == Again.NEVER) {
            throw new RefusedException(HttpStatus.CONFLICT, null, failure.replayNote());
        }
        if (again == Again.RUN && order.mode() != ReplayMode.VERIFY) {
            throw new RefusedException(
                    HttpStatus.CONFLICT, "mode", "failure " + id + ": " + ReplayMode.NEEDS_RECORDING);
        }
        Digest manifest = failure.artifact(ArtifactKind.MANIFEST)
                .map(Artifact::digest)
                .orElseThrow(() -> new RefusedException(
                        HttpStatus.CONFLICT,
                        null,
                        "failure " + id + " has no manifest, so nobody knows how to replay it"));
        LogWindow window;
        try {
            window = order.window(failure.iteration());
        } catch (InvalidInputException e) {
            throw new RefusedException(HttpStatus.UNPROCESSABLE_CONTENT, e);
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        Replay replay = replays.save(new Replay(id, order, window, now));
        outbox.add(replay.request(manifest), now);
        return replay;
    }
}
