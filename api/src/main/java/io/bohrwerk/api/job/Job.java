package io.bohrwerk.api.job;

import io.bohrwerk.api.access.Caller;
import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.statistics.RateBelow;
import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.Plan;
import io.bohrwerk.api.strategy.Progress;
import io.bohrwerk.api.strategy.SteppedStrategy;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.strategy.TracedStrategy;
import io.bohrwerk.api.target.Target;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.traced.Aim;
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
import java.util.ArrayList;
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
class Job {
    /** Of the mean time of its batches: one in eight is the latest's, so that it follows within a few batches and no single one shakes it. */
    private static final int FORGETTING = 8;

    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private String name;
    private String targetId;
    private String targetName;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private Strategy strategy;

    private long iterationBudget;
    private @Nullable Long wallTimeNanos;
    private long stopAfterFailures;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private @Nullable Setting setting;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private @Nullable RateBelow stopRateBelow;

    private BatchSize batchSize;
    private long timerPeriodNanos;
    private boolean keepCheckpoints;

    @Enumerated(EnumType.STRING)
    private JobState state;

    @Enumerated(EnumType.STRING)
    private @Nullable StopReason stopReason;

    private @Nullable String message;
    private long iterations;
    private long promised;
    private long failures;
    private long iterationsBeyond;
    private long failuresBeyond;
    private long batchesCreated;
    private long placesPlanned;
    private @Nullable Long tracedPlaces;
    private boolean awaitsCheck;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<Remainder> remainders = List.of();

    private int batchesInFlight;
    private long batchesCompleted;
    private long batchesLost;
    private long infrastructureTroubles;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private @Nullable FixQuestion question;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<UnexpectedPasses> unexpectedPasses = List.of();

    private @Nullable UUID comparisonId;
    private @Nullable UUID firstFailureId;
    private @Nullable Instant firstFailureAt;
    private @Nullable String idempotencyKey;
    private @Nullable String requestDigest;
    private @Nullable String owner;

    @Enumerated(EnumType.STRING)
    private Priority priority;

    private @Nullable Long batchMillis;
    private @Nullable String submittedBy;
    private @Nullable String traceparent;
    private @Nullable Long guestBytes;
    private boolean severalCpus;
    private Instant createdAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant countedAt;
    private @Nullable Instant finishedAt;

    @SuppressWarnings("NullAway.Init")
    protected Job() {}

    /** @param requestDigest of the request that made it, where there is a key */
    @SuppressWarnings("NullAway.Init")
    Job(
            UUID id,
            Target target,
            Terms terms,
            @Nullable String idempotencyKey,
            @Nullable Digest requestDigest,
            Instant now) {
        TargetManifest manifest = target.manifest().under(terms.setting());
        this.id = id;
        this.name = terms.name();
        this.targetId = target.id().hex();
        this.targetName = target.name();
        this.strategy = terms.strategy();
        this.iterationBudget = terms.iterations();
        this.wallTimeNanos = terms.wallTime() == null ? null : terms.wallTime().nanos();
        this.stopAfterFailures = terms.stopAfterFailures();
        this.stopRateBelow = terms.stopWhenRateBelow();
        this.batchSize = terms.batchSize();
        this.guestBytes = manifest.machine().memory().bytes();
        this.severalCpus = manifest.machine().severalCpus();
        this.timerPeriodNanos = manifest.machine().timerPeriod().nanos();
        this.setting = terms.setting();
        this.question = terms.question();
        this.comparisonId = terms.comparison();
        this.keepCheckpoints = terms.keepCheckpoints();
        this.priority = terms.priority();
        this.state = JobState.QUEUED;
        this.idempotencyKey = idempotencyKey;
        this.requestDigest = requestDigest == null ? null : requestDigest.hex();
        this.createdAt = now;
    }

    /** What is other than usual in its machines; null for nothing. */
    @Nullable
    Setting setting() {
        return setting;
    }

    Priority priority() {
        return priority;
    }

    /** What its guest needs of a worker's memory, in bytes; 0 where it is not known. */
    long guestBytes() {
        return guestBytes == null ? 0 : guestBytes;
    }

    /** Whether its guest has more than one CPU. */
    boolean severalCpus() {
        return severalCpus;
    }

    /** What its guest needs of a worker. */
    Fleet.Needs needs() {
        return new Fleet.Needs(guestBytes(), Setting.emulator(setting), severalCpus);
    }

    /** Mean wall time of its batches of late, in milliseconds; null until one was counted. */
    @Nullable
    Long batchMillis() {
        return batchMillis;
    }

    /** Once, before it is stored. */
    void belongsTo(Caller caller) {
        owner = caller.id();
        submittedBy = caller.id() == null ? null : caller.name();
    }

    /** Once, before it is stored. @param parent of its spans; null where they are not gathered */
    void tracedUnder(@Nullable String parent) {
        traceparent = parent;
    }

    /** The span that those of its batches belong to. */
    @Nullable
    String traceparent() {
        return traceparent;
    }

    /** Whether another batch may be put into flight. */
    boolean wantsBatch(int window) {
        return batchesInFlight < window && !awaitsCheck && !awaitsTraces() && goesOn();
    }

    /** Whether there will be more batches. */
    boolean goesOn() {
        return !state.terminal() && !exhausted() && iterations + promised < iterationBudget;
    }

    /** Its target is being checked: no batches until {@link #checked}. */
    void awaitCheck() {
        awaitsCheck = true;
    }

    /** The check of its target has ended, with a finding or without. */
    void checked() {
        awaitsCheck = false;
    }

    boolean awaitsCheck() {
        return awaitsCheck;
    }

    /** Whether its test must be traced before there can be batches. */
    boolean awaitsTraces() {
        return strategy instanceof TracedStrategy && tracedPlaces == null && !ended();
    }

    /** Its test was traced at each shift. @param places that the plans hold together */
    void planned(long places) {
        tracedPlaces = places;
    }

    private Progress progress(List<ArmCount> counts, List<TracedPlan> plans) {
        Remainder first = remainders.isEmpty() ? null : remainders.get(0);
        long most = Math.min(batchSize.iterations(), iterationBudget - iterations - promised);
        return new Progress(
                batchesCreated,
                first == null ? placesPlanned : first.place(),
                counts,
                tracedPlaces == null ? Long.MAX_VALUE : tracedPlaces,
                plans,
                first == null ? most : Math.min(most, first.count()));
    }

    private boolean exhausted() {
        return strategy.exhausted(progress(List.of(), List.of()), timerPeriod());
    }

    /**
     * Cuts the next batch, whose iterations are promised from now on.
     *
     * @param counts what was counted of the strategy's arms, if it learns
     * @param plans of its traces, if its strategy is traced
     */
    Batch nextBatch(List<ArmCount> counts, List<TracedPlan> plans, Instant now) {
        Progress progress = progress(counts, plans);
        Plan plan = strategy.next(progress, timerPeriod());
        long most = Math.min(plan.most(), Math.min(batchSize.iterations(), iterationBudget - iterations - promised));
        Long place = null;
        if (stepped()) {
            place = progress.place();
            most = takePlaces(most);
        }
        int size = (int) most;
        promised += size;
        batchesInFlight++;
        Setting own = setting == null ? null : setting.ofBatch(batchesCreated);
        return new Batch(id, batchesCreated++, plan.schedule().under(own), plan.arm(), place, size, reports(size), now);
    }

    /** @return how many of them, at most {@code most} */
    private long takePlaces(long most) {
        if (remainders.isEmpty()) {
            placesPlanned += most;
            return most;
        }
        List<Remainder> rest = new ArrayList<>(remainders);
        Remainder first = rest.remove(0);
        long taken = Math.min(most, first.count());
        if (taken < first.count()) {
            rest.add(0, new Remainder(first.place() + taken, (int) (first.count() - taken)));
        }
        remainders = rest;
        return taken;
    }

    /** Whether each of its places is tried once. */
    boolean stepped() {
        return places() > 0;
    }

    /** How many places its strategy goes through; 0 when it does not. */
    long places() {
        if (strategy instanceof TracedStrategy) {
            return tracedPlaces == null ? 0 : tracedPlaces;
        }
        return strategy instanceof SteppedStrategy steps ? steps.places(timerPeriod()) : 0;
    }

    VirtualTime timerPeriod() {
        return new VirtualTime(timerPeriodNanos);
    }

    /** Each place is reported by itself, so that a guest that dies without a word is known to have died there. */
    private int reports(int size) {
        return stepped() ? 1 : Math.min(batchSize.reportEvery(), size);
    }

    /** The message to the workers about a batch of this job. */
    BatchRequest request(Batch batch) {
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
    void start(Instant since) {
        if (state == JobState.QUEUED) {
            state = JobState.RUNNING;
            startedAt = since.isBefore(createdAt) ? createdAt : since;
        }
    }

    /**
     * Counts a batch, which must not have been counted.
     *
     * @param wasInFlight whether the batch was still waited for
     * @param took by the worker's own clock
     */
    void count(BatchReport.Finished finished, Batch batch, boolean wasInFlight, Duration took, Instant now) {
        land(batch, wasInFlight);
        iterations += finished.iterations();
        if (ended()) {
            iterationsBeyond += finished.iterations();
        }
        batchesCompleted++;
        countedAt = now;
        unexpectedPasses = UnexpectedPasses.plus(unexpectedPasses, batch.number(), finished.unexpectedPasses());
        long millis = Math.max(1, took.toMillis());
        batchSize = batchSize.after(finished, took);
        batchMillis = batchMillis == null ? millis : batchMillis + (millis - batchMillis) / FORGETTING;
        Long place = batch.place();
        int left = batch.iterations() - (int) finished.iterations();
        if (place != null && left > 0) {
            List<Remainder> more = new ArrayList<>(remainders);
            more.add(new Remainder(place + finished.iterations(), left));
            remainders = more;
        }
    }

    void count(UUID failure, Instant now) {
        failures++;
        if (ended()) {
            failuresBeyond++;
        }
        if (firstFailureId == null) {
            firstFailureId = failure;
            firstFailureAt = now;
        }
    }

    /** Of its iterations, those that were reported after its end. */
    long iterationsBeyond() {
        return iterationsBeyond;
    }

    /** Of its failures, those that were reported after its end. */
    long failuresBeyond() {
        return failuresBeyond;
    }

    List<UnexpectedPasses> unexpectedPasses() {
        return unexpectedPasses;
    }

    void countTrouble() {
        infrastructureTroubles++;
    }

    /** A batch that will not be waited for any longer, without having been counted. */
    void giveUp(Batch batch, boolean lost) {
        land(batch, true);
        if (lost) {
            batchesLost++;
        }
    }

    /** A batch that was given up was counted after all. */
    void find() {
        batchesLost--;
    }

    private void land(Batch batch, boolean wasInFlight) {
        if (wasInFlight) {
            promised -= batch.iterations();
            batchesInFlight--;
        }
    }

    /** Applies the stop rules. @return whether the job ended by them */
    boolean stopIfDue(Instant now) {
        if (state.terminal()) {
            return false;
        }
        if (stopAfterFailures > 0 && failures >= stopAfterFailures) {
            stopReason = StopReason.FAILURES;
        } else if (stopRateBelow != null && stopRateBelow.met(failures, iterations, stopAfterFailures)) {
            stopReason = StopReason.RATE_BELOW;
        } else if (iterations >= iterationBudget) {
            stopReason = stepped() && exhausted() ? StopReason.SCHEDULES : StopReason.ITERATIONS;
        } else if (batchesInFlight == 0 && exhausted()) {
            stopReason = StopReason.SCHEDULES;
        } else if (startedAt != null
                && wallTimeNanos != null
                && Duration.between(startedAt, now).compareTo(Duration.ofNanos(wallTimeNanos)) >= 0) {
            stopReason = StopReason.WALL_TIME;
        } else {
            return false;
        }
        if (iterations == 0) {
            fail(
                    stopReason == StopReason.WALL_TIME
                            ? "no iteration was run: the wall time was over before a batch had reported"
                            : "no iteration was run: the strategy has no schedule for this target",
                    now);
            return true;
        }
        if (stopReason == StopReason.SCHEDULES && strategy instanceof TracedStrategy traced && failures == 0) {
            message = "the timer's interrupt was put on each of the " + places() + " places of the plan at shift "
                    + traced.shifts()
                    + " once, and no iteration failed. What to vary next: other shifts (a larger one puts"
                    + " more interrupts into an iteration), another CPU model or timer frequency, or the strategy random,"
                    + " which also meets what the traced iteration did not execute";
        }
        end(JobState.COMPLETED, now);
        return true;
    }

    void cancel(Instant now) {
        end(JobState.CANCELLED, now);
    }

    /** @param why for people */
    void fail(String why, Instant now) {
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

    boolean ended() {
        return state.terminal();
    }

    UUID id() {
        return id;
    }

    long position() {
        return position;
    }

    String name() {
        return name;
    }

    Digest target() {
        return new Digest(targetId);
    }

    String targetName() {
        return targetName;
    }

    /** What its strategy tries first; null for nothing in particular. */
    @Nullable
    Aim aim() {
        return strategy instanceof TracedStrategy traced ? traced.aim() : null;
    }

    Strategy strategy() {
        return strategy;
    }

    long iterationBudget() {
        return iterationBudget;
    }

    @Nullable
    VirtualTime wallTime() {
        return wallTimeNanos == null ? null : new VirtualTime(wallTimeNanos);
    }

    long stopAfterFailures() {
        return stopAfterFailures;
    }

    @Nullable
    RateBelow stopWhenRateBelow() {
        return stopRateBelow;
    }

    @Nullable
    FixQuestion question() {
        return question;
    }

    @Nullable
    UUID comparison() {
        return comparisonId;
    }

    BatchSize batchSize() {
        return batchSize;
    }

    boolean keepCheckpoints() {
        return keepCheckpoints;
    }

    /** The places of batches that ended at a failure, which are yet to be tried. */
    List<Remainder> remainders() {
        return remainders;
    }

    /** How many places were given out, the remainders included. */
    long placesPlanned() {
        return placesPlanned;
    }

    JobState state() {
        return state;
    }

    @Nullable
    StopReason stopReason() {
        return stopReason;
    }

    @Nullable
    String message() {
        return message;
    }

    long iterations() {
        return iterations;
    }

    long failures() {
        return failures;
    }

    long batchesCreated() {
        return batchesCreated;
    }

    int batchesInFlight() {
        return batchesInFlight;
    }

    long batchesCompleted() {
        return batchesCompleted;
    }

    long batchesLost() {
        return batchesLost;
    }

    long infrastructureTroubles() {
        return infrastructureTroubles;
    }

    @Nullable
    UUID firstFailureId() {
        return firstFailureId;
    }

    @Nullable
    Instant firstFailureAt() {
        return firstFailureAt;
    }

    /** For people: null where nobody had to say who they are. */
    @Nullable
    String submittedBy() {
        return submittedBy;
    }

    boolean sameRequest(JobRequest request) {
        return request.digest().hex().equals(requestDigest);
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable
    Instant startedAt() {
        return startedAt;
    }

    /** When a batch of it was counted last. */
    @Nullable
    Instant countedAt() {
        return countedAt;
    }

    @Nullable
    Instant finishedAt() {
        return finishedAt;
    }
}
