package io.bohrwerk.api.job;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.Plan;
import io.bohrwerk.api.strategy.Progress;
import io.bohrwerk.api.target.Target;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.traced.TracedPlan;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.Mutability;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.Immutability;
import org.jspecify.annotations.Nullable;

/**
 * One submission: its words, its state and its totals.
 *
 * <p>Changed only under its row lock, and all that belongs to it (batches, failures) under the same. What arrives after its end is counted
 * all the same and changes its state no more.
 */
@Entity
@Table(name = "jobs")
public class Job {
    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private String name;
    private String targetId;
    private String targetName;

    private StopRules stopRules;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private @Nullable Setting setting;

    private BatchSize batchSize;
    private boolean keepCheckpoints;

    @Enumerated(EnumType.STRING)
    private JobState state;

    @Enumerated(EnumType.STRING)
    private @Nullable StopReason stopReason;

    private @Nullable String message;
    private Totals totals = new Totals();
    private Course course;
    private boolean awaitsCheck;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private @Nullable FixQuestion question;

    private @Nullable UUID comparisonId;
    private Origin origin;

    @Enumerated(EnumType.STRING)
    private Priority priority;

    private @Nullable Long guestBytes;
    private boolean severalCpus;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;

    @SuppressWarnings("NullAway.Init")
    protected Job() {}

    @SuppressWarnings("NullAway.Init")
    public Job(UUID id, Target target, Terms terms, Origin origin) {
        TargetManifest manifest = target.manifest().under(terms.setting());
        this.id = id;
        this.name = terms.name();
        this.targetId = target.id().hex();
        this.targetName = target.name();
        this.stopRules = StopRules.of(terms);
        this.batchSize = terms.batchSize();
        this.guestBytes = manifest.machine().memory().bytes();
        this.severalCpus = manifest.machine().severalCpus();
        this.course = new Course(terms.strategy(), manifest.machine().timerPeriod());
        this.setting = terms.setting();
        this.question = terms.question();
        this.comparisonId = terms.comparison();
        this.keepCheckpoints = terms.keepCheckpoints();
        this.priority = terms.priority();
        this.state = JobState.QUEUED;
        this.origin = origin;
    }

    /** What is other than usual in its machines; null for nothing. */
    @Nullable
    public Setting setting() {
        return setting;
    }

    public Priority priority() {
        return priority;
    }

    /** What its guest needs of a worker's memory, in bytes; 0 where it is not known. */
    public long guestBytes() {
        return guestBytes == null ? 0 : guestBytes;
    }

    /** Whether its guest has more than one CPU. */
    public boolean severalCpus() {
        return severalCpus;
    }

    /** What its guest needs of a worker. */
    public Fleet.Needs needs() {
        return new Fleet.Needs(guestBytes(), Setting.emulator(setting), severalCpus);
    }

    /** Whether another batch may be put into flight. */
    public boolean wantsBatch(int window) {
        return totals.batchesInFlight() < window && !awaitsCheck && !awaitsTraces() && goesOn();
    }

    /** Whether there will be more batches. */
    public boolean goesOn() {
        return !state.terminal() && !exhausted() && totals.spent() < stopRules.iterations();
    }

    /** Its target is being checked: no batches until {@link #checked}. */
    public void awaitCheck() {
        awaitsCheck = true;
    }

    /** The check of its target has ended, with a finding or without. */
    public void checked() {
        awaitsCheck = false;
    }

    public boolean awaitsCheck() {
        return awaitsCheck;
    }

    /** Whether its test must be traced before there can be batches. */
    boolean awaitsTraces() {
        return course.awaitsTraces() && !ended();
    }

    /** Its test was traced at each shift. @param places that the plans hold together */
    public void planned(long places) {
        course.traced(places);
    }

    private Progress progress(List<ArmCount> counts, List<TracedPlan> plans) {
        return course.progress(totals.batchesCreated(), counts, plans, most());
    }

    /** Iterations that a batch may have. */
    private long most() {
        return Math.min(batchSize.iterations(), stopRules.iterations() - totals.spent());
    }

    private boolean exhausted() {
        return course.exhausted(progress(List.of(), List.of()));
    }

    /**
     * Cuts the next batch, whose iterations are promised from now on.
     *
     * @param counts what was counted of the strategy's arms, if it learns
     * @param plans of its traces, if its strategy is traced
     */
    public Batch nextBatch(List<ArmCount> counts, List<TracedPlan> plans, Instant now) {
        Progress progress = progress(counts, plans);
        Plan plan = course.next(progress);
        long most = Math.min(plan.most(), most());
        Long place = null;
        if (course.stepped()) {
            place = progress.place();
            most = course.take(most);
        }
        int size = (int) most;
        long number = totals.launch(size);
        Setting own = setting == null ? null : setting.ofBatch(number);
        return new Batch(id, number, plan.schedule().under(own), plan.arm(), place, size, reports(size), now);
    }

    /** Each place is reported by itself, so that a guest that dies without a word is known to have died there. */
    private int reports(int size) {
        return course.stepped() ? 1 : Math.min(batchSize.reportEvery(), size);
    }

    /** The message to the workers about a batch of this job. */
    public BatchRequest request(Batch batch) {
        return new BatchRequest(
                Wire.VERSION,
                batch.id(),
                id,
                batch.attempt(),
                new Digest(targetId),
                batch.schedule(),
                batch.iterations(),
                batch.reportEvery() == null ? reports(batch.iterations()) : batch.reportEvery(),
                keepCheckpoints ? null : false,
                batchSize.usualInstructions());
    }

    /** A batch of it was seen running. @param since not before its creation */
    public void start(Instant since) {
        if (state == JobState.QUEUED) {
            state = JobState.RUNNING;
            startedAt = since.isBefore(origin.createdAt()) ? origin.createdAt() : since;
        }
    }

    /**
     * Counts a batch, which must not have been counted.
     *
     * @param wasInFlight whether the batch was still waited for
     * @param took by the worker's own clock
     */
    public void count(BatchReport.Finished finished, Batch batch, boolean wasInFlight, Duration took, Instant now) {
        if (wasInFlight) {
            totals.land(batch);
        }
        totals.count(finished, batch, ended(), took, now);
        batchSize = batchSize.after(finished, took);
        Long place = batch.place();
        int left = batch.iterations() - (int) finished.iterations();
        if (place != null && left > 0) {
            course.untried(place + finished.iterations(), left);
        }
    }

    public void count(UUID failure, Instant now) {
        totals.count(failure, ended(), now);
    }

    /** A batch that will not be waited for any longer, without having been counted. */
    public void giveUp(Batch batch, boolean lost) {
        totals.land(batch);
        if (lost) {
            totals.lose();
        }
    }

    /** Applies the stop rules. @return whether the job ended by them */
    public boolean stopIfDue(Instant now) {
        if (state.terminal()) {
            return false;
        }
        stopReason = due(now);
        if (stopReason == null) {
            return false;
        }
        if (totals.iterations() == 0) {
            fail(
                    stopReason == StopReason.WALL_TIME
                            ? "no iteration was run: the wall time was over before a batch had reported"
                            : "no iteration was run: the strategy has no schedule for this target",
                    now);
            return true;
        }
        if (stopReason == StopReason.SCHEDULES && totals.failures() == 0) {
            message = course.advice();
        }
        end(JobState.COMPLETED, now);
        return true;
    }

    @Nullable
    private StopReason due(Instant now) {
        boolean exhausted = exhausted();
        StopReason counted = stopRules.byCount(totals).orElse(null);
        if (counted != null) {
            return counted == StopReason.ITERATIONS && course.stepped() && exhausted ? StopReason.SCHEDULES : counted;
        }
        return totals.batchesInFlight() == 0 && exhausted
                ? StopReason.SCHEDULES
                : stopRules.byTime(startedAt, now).orElse(null);
    }

    public void cancel(Instant now) {
        end(JobState.CANCELLED, now);
    }

    /** @param why for people */
    public void fail(String why, Instant now) {
        message = why;
        end(JobState.ERROR, now);
    }

    private void end(JobState terminal, Instant now) {
        if (state.terminal()) {
            throw new IllegalStateException("job " + id + " is " + state);
        }
        state = terminal;
        finishedAt = now;
    }

    public boolean ended() {
        return state.terminal();
    }

    public UUID id() {
        return id;
    }

    public long position() {
        return position;
    }

    public String name() {
        return name;
    }

    public Digest target() {
        return new Digest(targetId);
    }

    public String targetName() {
        return targetName;
    }

    /** Its strategy, and how far it has come. */
    public Course course() {
        return course;
    }

    public StopRules stopRules() {
        return stopRules;
    }

    @Nullable
    FixQuestion question() {
        return question;
    }

    @Nullable
    public UUID comparison() {
        return comparisonId;
    }

    public BatchSize batchSize() {
        return batchSize;
    }

    public boolean keepCheckpoints() {
        return keepCheckpoints;
    }

    public JobState state() {
        return state;
    }

    @Nullable
    public StopReason stopReason() {
        return stopReason;
    }

    @Nullable
    public String message() {
        return message;
    }

    public Totals totals() {
        return totals;
    }

    public long iterations() {
        return totals.iterations();
    }

    public long failures() {
        return totals.failures();
    }

    public Origin origin() {
        return origin;
    }

    @Nullable
    public Instant startedAt() {
        return startedAt;
    }

    @Nullable
    public Instant finishedAt() {
        return finishedAt;
    }
}
