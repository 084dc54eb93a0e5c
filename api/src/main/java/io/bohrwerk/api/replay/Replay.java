package io.bohrwerk.api.replay;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.work.Attempt;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.LogClass;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.BatchSize;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A replay of a failure that somebody ordered. Changed only under its row lock. */
@Entity
@Table(name = "replays")
public class Replay {
    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private UUID failureId;

    @Embedded
    private Attempt attempt;

    @Enumerated(EnumType.STRING)
    private ReplayState state;

    @Enumerated(EnumType.STRING)
    private ReplayMode mode;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<LogClass> logClasses;

    @JdbcTypeCode(SqlTypes.JSON)
    private LogWindow logWindow;

    private int times;
    private @Nullable Integer points;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable Result result;

    private @Nullable String message;
    private Instant createdAt;

    @ElementCollection(fetch = FetchType.EAGER)
    @BatchSize(size = 100)
    @CollectionTable(name = "replay_artifacts", joinColumns = @JoinColumn(name = "replay_id"))
    private Set<Artifact> artifacts = new HashSet<>();

    /**
     * What came of it.
     *
     * @param same how many replays ended with the same outcome, instruction count and consoles
     * @param of how many there were
     * @param difference what was not the same in the first that differed; empty when none did
     * @param log what its log covers; null when none was ordered
     * @param summary what a comparison found, one line; null when none was ordered
     */
    record Result(
            int same,
            int of,
            String difference,
            ReplayReport.@Nullable LogCover log,
            @Nullable String summary) {}

    @SuppressWarnings("NullAway.Init")
    protected Replay() {}

    @SuppressWarnings("NullAway.Init")
    Replay(UUID failureId, ReplayOrder order, LogWindow window, Instant now) {
        this.id = UUID.randomUUID();
        this.failureId = failureId;
        this.attempt = Attempt.first(now);
        this.state = ReplayState.QUEUED;
        this.mode = order.mode();
        this.logClasses = order.classes();
        this.logWindow = window;
        this.times = order.repetitions();
        this.points = order.pointsOrDefault();
        this.createdAt = now;
    }

    /** The message to the workers. @param manifest the failure's */
    ReplayRequest request(Digest manifest) {
        return new ReplayRequest(
                Wire.VERSION, id, failureId, attempt.number(), manifest, mode, logClasses, logWindow, times, points);
    }

    /** A worker was seen at it. */
    void see(Instant now) {
        if (!state.terminal()) {
            state = ReplayState.RUNNING;
            attempt.see(now);
        }
    }

    /** Takes the first result that comes; any attempt's will do, and one that comes after it was given up is better than none. */
    void complete(ReplayReport report, ReplayReport.Replayed replayed) {
        if (state == ReplayState.COMPLETED) {
            throw new IllegalStateException("replay " + id + " is completed already");
        }
        state = ReplayState.COMPLETED;
        result = new Result(
                replayed.same(), replayed.times(), replayed.difference(), replayed.log(), replayed.summary());
        replayed.artifacts().forEach(reference -> artifacts.add(new Artifact(reference)));
        message = null;
        attempt.finish(report);
    }

    /** Begins another attempt. @param why the latest did not do */
    void retry(String why, Instant due) {
        requeue(why);
        attempt.retry(due);
    }

    /** Begins another attempt after a worker that could not do it. The latest was none. */
    void handBack(String why, Instant due) {
        requeue(why);
        attempt.handBack(due);
    }

    private void requeue(String why) {
        requireOpen();
        state = ReplayState.QUEUED;
        message = why;
    }

    void refuse(String why, Instant now) {
        end(ReplayState.REFUSED, why, now);
    }

    void fail(String why, Instant now) {
        end(ReplayState.ERROR, why, now);
    }

    private void end(ReplayState terminal, String why, Instant now) {
        requireOpen();
        state = terminal;
        message = why;
        attempt.giveUp(now);
    }

    private void requireOpen() {
        if (state.terminal()) {
            throw new IllegalStateException("replay " + id + " is " + state);
        }
    }

    boolean ended() {
        return state.terminal();
    }

    UUID id() {
        return id;
    }

    long position() {
        return position;
    }

    UUID failureId() {
        return failureId;
    }

    /** The number of the latest attempt. */
    int attempt() {
        return attempt.number();
    }

    Attempt attempts() {
        return attempt;
    }

    ReplayState state() {
        return state;
    }

    ReplayMode mode() {
        return mode;
    }

    List<LogClass> logClasses() {
        return logClasses;
    }

    LogWindow logWindow() {
        return logWindow;
    }

    int times() {
        return times;
    }

    @Nullable
    Integer points() {
        return points;
    }

    @Nullable
    Result result() {
        return result;
    }

    @Nullable
    String message() {
        return message;
    }

    @Nullable
    String workerId() {
        return attempt.workerId();
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable
    Instant startedAt() {
        return attempt.startedAt();
    }

    @Nullable
    Instant finishedAt() {
        return attempt.finishedAt();
    }

    List<Artifact> artifacts() {
        return artifacts.stream().sorted(Comparator.comparing(Artifact::kind)).toList();
    }

    public Optional<Artifact> artifact(ArtifactKind kind) {
        return artifacts.stream().filter(artifact -> artifact.kind() == kind).findFirst();
    }
}
