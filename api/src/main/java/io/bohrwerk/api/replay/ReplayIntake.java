package io.bohrwerk.api.replay;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.failure.GuestText;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Takes in what is heard of replays, under their row locks. Reports may come twice, late or out of order. */
@Component
class ReplayIntake {
    private static final int LONGEST_MESSAGE = 1_000;
    /** Besides those that lie in the target: what is gone stays gone, and a replay that stands still does so each time. */
    private static final Set<InfrastructureTrouble> IN_VAIN =
            EnumSet.of(InfrastructureTrouble.BLOB_MISSING, InfrastructureTrouble.HOST_TIME_LIMIT);

    private final Replays replays;
    private final Failures failures;
    private final Outbox outbox;
    private final Fleet fleet;
    private final ApiProperties.Scheduling settings;

    ReplayIntake(Replays replays, Failures failures, Outbox outbox, Fleet fleet, ApiProperties properties) {
        this.replays = replays;
        this.failures = failures;
        this.outbox = outbox;
        this.fleet = fleet;
        this.settings = properties.scheduling();
    }

    /** @throws InvalidInputException when the report speaks of what does not exist */
    @Transactional
    void accept(ReplayReport report) {
        Replay replay = replays.lock(report.replayId())
                .orElseThrow(() -> new InvalidInputException("replayId", report.replayId(), "must be known here"));
        Instant now = now();
        if (report.result() instanceof ReplayReport.Replayed replayed) {
            if (replay.state() != ReplayState.COMPLETED) {
                replay.complete(report, replayed);
                keepSnapshots(replay);
            }
        } else if (replay.ended() || report.attempt() != replay.attempt()) {
            return; // it goes on, or ended, without this attempt
        } else if (report.result() instanceof ReplayReport.OtherEmulator other) {
            String why = "it was recorded by " + other.recorded() + ", and worker " + report.workerId() + " has "
                    + other.here();
            if (fleet.hasEmulator(other.recorded())) {
                handBack(replay, why, now); // another worker may get it
            } else {
                replay.refuse(line(why + "; no live worker has the one that recorded it"), now);
            }
        } else if (report.result() instanceof ReplayReport.Troubled trouble) {
            String why = trouble.kind() + ": " + trouble.message();
            if (trouble.kind().handedBack()) {
                if (fleet.hasRoomierThan(report.workerId())) {
                    handBack(replay, why, now);
                } else {
                    replay.refuse(line(why + "; no live worker gives more"), now);
                }
            } else if (trouble.kind().permanent() || IN_VAIN.contains(trouble.kind())) {
                replay.fail(line(why), now);
            } else {
                againOr(replay, why, now, () -> replay.fail(line(why), now));
            }
        }
    }

    /** An attempt of which neither a report nor a heartbeat speaks any longer. */
    @Transactional
    void silent(UUID id, Instant since) {
        Replay replay = replays.lock(id).orElseThrow();
        if (replay.silentSince(since) && !outbox.holdsReplay(id)) {
            Instant now = now();
            String why =
                    "nothing was heard of it for " + settings.batchTimeout().toSeconds() + " s";
            againOr(replay, why, now, () -> replay.fail(why, now));
        }
    }

    /** A worker's heartbeat tells of it. */
    @Transactional
    void seen(UUID id) {
        replays.lock(id).ifPresent(replay -> replay.see(now()));
    }

    private void againOr(Replay replay, String why, Instant now, Runnable end) {
        if (replay.tries() >= settings.mostAttempts()) {
            end.run();
            return;
        }
        Instant due = now.plus(settings.retryDelay().multipliedBy(1L << Math.min(replay.tries() - 1, 16)));
        replay.retry(line(why), due);
        send(replay, due);
    }

    /** As often as it takes: a live worker can do it, and will get it. */
    private void handBack(Replay replay, String why, Instant now) {
        Instant due = now.plus(settings.retryDelay());
        replay.handBack(line(why), due);
        send(replay, due);
    }

    private void send(Replay replay, Instant due) {
        Failure failure = failures.findById(replay.failureId()).orElseThrow();
        Artifact manifest = failure.artifact(ArtifactKind.MANIFEST).orElseThrow();
        outbox.add(replay.request(manifest.digest()), due);
    }

    /** Snapshots that were not kept, and are made now, are the failure's. */
    private void keepSnapshots(Replay replay) {
        replay.artifact(ArtifactKind.SNAPSHOT)
                .ifPresent(snapshot ->
                        failures.findById(replay.failureId()).orElseThrow().keep(snapshot));
    }

    private static String line(String text) {
        return GuestText.start(text, LONGEST_MESSAGE);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
