package io.bohrwerk.api.replay;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.failure.GuestText;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.work.ReportHandler;
import io.bohrwerk.api.work.Retries;
import io.bohrwerk.api.work.Waiting;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.worker.RunningWork;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Takes in what is heard of replays, under their row locks. Reports may come twice, late or out of order. */
@Component
class ReplayIntake implements ReportHandler<ReplayReport> {
    private static final int LONGEST_MESSAGE = 1_000;
    /** Besides those that lie in the target: what is gone stays gone, and a replay that stands still does so each time. */
    private static final Set<InfrastructureTrouble> IN_VAIN =
            EnumSet.of(InfrastructureTrouble.BLOB_MISSING, InfrastructureTrouble.HOST_TIME_LIMIT);

    private final Replays replays;
    private final Failures failures;
    private final Outbox outbox;
    private final Fleet fleet;
    private final Retries retries;

    ReplayIntake(Replays replays, Failures failures, Outbox outbox, Fleet fleet, Retries retries) {
        this.replays = replays;
        this.failures = failures;
        this.outbox = outbox;
        this.fleet = fleet;
        this.retries = retries;
    }

    @Override
    public String kind() {
        return ReplayRequest.KIND;
    }

    @Override
    public Class<ReplayReport> report() {
        return ReplayReport.class;
    }

    @Override
    @Transactional
    public void accept(ReplayReport report) {
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

    @Override
    public List<Waiting> silentSince(Instant since, Limit limit) {
        return replays.silentSince(since, limit);
    }

    @Override
    @Transactional
    public void silent(Waiting work, String why) {
        Replay replay = replays.lock(work.id()).orElseThrow();
        if (!replay.ended() && replay.attempt() == work.attempt()) {
            Instant now = now();
            againOr(replay, why, now, () -> replay.fail(why, now));
        }
    }

    @Override
    @Transactional
    public void seen(List<RunningWork> running, Instant now) {
        running.forEach(work -> replays.lock(work.id()).ifPresent(replay -> replay.see(now)));
    }

    private void againOr(Replay replay, String why, Instant now, Runnable end) {
        if (!retries.remain(replay.attempts())) {
            end.run();
            return;
        }
        Instant due = retries.due(replay.attempts(), now);
        replay.retry(line(why), due);
        send(replay, due);
    }

    /** As often as it takes: a live worker can do it, and will get it. */
    private void handBack(Replay replay, String why, Instant now) {
        Instant due = retries.dueElsewhere(replay.attempts(), false, now);
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
