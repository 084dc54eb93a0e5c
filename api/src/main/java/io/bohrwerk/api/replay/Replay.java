package io.bohrwerk.api.replay;

import io.bohrwerk.api.artifact.Artifact;
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
    private int attempt;
    private int handedBack;

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
    private @Nullable String workerId;
    private Instant queuedAt;
    private @Nullable Instant seenAt;
    private Instant createdAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;

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
        this.attempt = 1;
        this.state = ReplayState.QUEUED;
        this.mode = order.mode();
        this.logClasses = order.classes();
        this.logWindow = window;
        this.times = order.repetitions();
        this.points = order.pointsOrDefault();
        this.queuedAt = now;
        this.createdAt = now;
    }

    /** The message to the workers. @param manifest the failure's */
    ReplayRequest request(Digest manifest) {
        return new ReplayRequest(
                Wire.VERSION, id, failureId, attempt, manifest, mode, logClasses, logWindow, times, points);
    }

    /** A worker was seen at it. */
    void see(Instant now) {
        if (!state.terminal()) {
            state = ReplayState.RUNNING;
            seenAt = now;
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
        workerId = report.workerId();
        startedAt = report.startedAt();
        finishedAt = report.finishedAt();
    }

    /** Begins another attempt. @param why the latest did not do */
    void retry(String why, Instant due) {
        requireOpen();
        attempt++;
        state = ReplayState.QUEUED;
        queuedAt = due;
        seenAt = null;
        message = why;
    }

    /** Begins another attempt after a worker that could not do it. The latest was none. */
    void handBack(String why, Instant due) {
        retry(why, due);
        handedBack++;
    }

    /** Attempts that workers have begun, or may have. */
    int tries() {
        return attempt - handedBack;
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
        finishedAt = now;
    }

    private void requireOpen() {
        if (state.terminal()) {
            throw new IllegalStateException("replay " + id + " is " + state);
        }
    }

    /** Whether it is waited for and nothing was heard of it since then. */
    boolean silentSince(Instant since) {
        return !state.terminal() && queuedAt.isBefore(since) && (seenAt == null || seenAt.isBefore(since));
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

    int attempt() {
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
        return workerId;
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable
    Instant startedAt() {
        return startedAt;
    }

    @Nullable
    Instant finishedAt() {
        return finishedAt;
    }

    List<Artifact> artifacts() {
        return artifacts.stream().sorted(Comparator.comparing(Artifact::kind)).toList();
    }

    public Optional<Artifact> artifact(ArtifactKind kind) {
        return artifacts.stream().filter(artifact -> artifact.kind() == kind).findFirst();
    }
}
