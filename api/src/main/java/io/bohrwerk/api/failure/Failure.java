package io.bohrwerk.api.failure;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.signature.Marks;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Checkpoint;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.batch.SubtestCounts;
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
import java.util.ArrayList;
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

/** One failing iteration with its coordinates and artifacts. Never changes, but for snapshots that are made later. */
@Entity
@Table(name = "failures")
public class Failure {
    /** Lines of an agent are short; a kernel's panic line too. */
    private static final int LONGEST_REASON = 2_000;
    /** The end of a console, which the worker bounds as well. */
    private static final int LONGEST_REPORT = 256 << 10;

    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private UUID jobId;
    private UUID batchId;

    /** Moved by {@code CrashGroups} alone, past this class. */
    @Column(updatable = false)
    private UUID crashId;

    private String signature;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<String> frames;

    private int attempt;
    private String workerId;
    private long iteration;

    @Enumerated(EnumType.STRING)
    private Outcome outcome;

    private String reason;
    private long instructionCount;
    private String report;

    @Enumerated(EnumType.STRING)
    private ReplayVerdict replay;

    private String replayNote;
    private @Nullable String title;
    private @Nullable String damage;
    private @Nullable String note;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable SubtestCounts subtests;

    @JdbcTypeCode(SqlTypes.JSON)
    private Coordinates coordinates;

    private Instant occurredAt;
    private @Nullable Instant artifactsRemovedAt;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<Checkpoint> checkpoints;

    private boolean beyondStopRule;

    @ElementCollection(fetch = FetchType.EAGER)
    @BatchSize(size = 100)
    @CollectionTable(name = "artifacts", joinColumns = @JoinColumn(name = "failure_id"))
    private Set<Artifact> artifacts = new HashSet<>();

    @SuppressWarnings("NullAway.Init")
    protected Failure() {}

    /**
     * @param crashId the group that it goes to
     * @param marks what it went there by
     * @param beyondStopRule whether its job had ended
     */
    public Failure(
            BatchReport report,
            Coordinates coordinates,
            FailedIteration failed,
            UUID crashId,
            Marks marks,
            boolean beyondStopRule) {
        this.beyondStopRule = beyondStopRule;
        this.id = UUID.randomUUID();
        this.jobId = report.jobId();
        this.batchId = report.batchId();
        this.crashId = crashId;
        this.signature = marks.signature().key();
        this.frames = marks.frames();
        this.attempt = report.attempt();
        this.workerId = report.workerId();
        this.iteration = failed.iteration();
        this.outcome = failed.outcome();
        this.reason = GuestText.start(failed.reason(), LONGEST_REASON);
        this.instructionCount = failed.instructionCount();
        this.report = GuestText.end(failed.report(), LONGEST_REPORT);
        this.replay = failed.replay();
        this.replayNote = GuestText.start(failed.replayNote(), LONGEST_REASON);
        this.title = cleaned(failed.title());
        this.damage = cleaned(failed.damage());
        this.note = cleaned(failed.note());
        this.subtests = report.result() instanceof BatchReport.Finished finished ? finished.subtests() : null;
        this.coordinates = coordinates;
        this.occurredAt = report.finishedAt();
        this.checkpoints = failed.checkpoints();
        for (ArtifactReference reference : failed.artifacts()) {
            if (artifact(reference.kind()).isEmpty()) {
                artifacts.add(new Artifact(reference));
            }
        }
    }

    /** Whether its job had ended when it was reported. */
    public boolean beyondStopRule() {
        return beyondStopRule;
    }

    private static @Nullable String cleaned(@Nullable String text) {
        return text == null ? null : GuestText.start(text, LONGEST_REASON);
    }

    /** Takes an artifact that was made later; one of its kind that is there already stays. */
    public void keep(Artifact artifact) {
        if (artifact(artifact.kind()).isEmpty()) {
            artifacts.add(artifact.copy());
        }
    }

    public List<Checkpoint> checkpoints() {
        return checkpoints;
    }

    public UUID id() {
        return id;
    }

    public long position() {
        return position;
    }

    public UUID jobId() {
        return jobId;
    }

    public UUID batchId() {
        return batchId;
    }

    public UUID crashId() {
        return crashId;
    }

    /** The key that it is grouped by; see {@code Signature}. */
    public String signature() {
        return signature;
    }

    /** The top of its stack, innermost first; empty where there is none. */
    public List<String> frames() {
        return frames;
    }

    public int attempt() {
        return attempt;
    }

    public String workerId() {
        return workerId;
    }

    public long iteration() {
        return iteration;
    }

    public Outcome outcome() {
        return outcome;
    }

    public String reason() {
        return reason;
    }

    public long instructionCount() {
        return instructionCount;
    }

    public String report() {
        return report;
    }

    public ReplayVerdict replay() {
        return replay;
    }

    public String replayNote() {
        return replayNote;
    }

    /** What the guest said after its failure against the protocol; null when nothing. */
    public @Nullable String note() {
        return note;
    }

    /** Of what the guest's kernel said of its trouble. */
    public @Nullable String title() {
        return title;
    }

    /** Why that is not to be trusted; empty when it is. */
    public @Nullable String damage() {
        return damage;
    }

    /** How the subtests of its iteration ended; null where there are none. */
    public @Nullable SubtestCounts subtests() {
        return subtests;
    }

    public Coordinates coordinates() {
        return coordinates;
    }

    public Instant occurredAt() {
        return occurredAt;
    }

    /** When retention took its artifacts away; null while it has them. */
    public @Nullable Instant artifactsRemovedAt() {
        return artifactsRemovedAt;
    }

    public List<Artifact> artifacts() {
        List<Artifact> sorted = new ArrayList<>(artifacts);
        sorted.sort(Comparator.comparing(Artifact::kind));
        return sorted;
    }

    public Optional<Artifact> artifact(ArtifactKind kind) {
        return artifacts.stream().filter(artifact -> artifact.kind() == kind).findFirst();
    }
}
