package io.bohrwerk.protocol.batch;

/** Why a batch has no outcome: trouble with the machinery around the test. Never part of a rate. */
public enum InfrastructureTrouble {
    /** The emulator died or answered nonsense. */
    EMULATOR_DIED(false),
    /** The batch took longer on the host than the worker allows. */
    HOST_TIME_LIMIT(false),
    /** No room left, on the worker or in the blob store. */
    DISK_FULL(false),
    /** The blob store did not answer, or refused. */
    BLOB_STORE(false),
    /** A blob is missing or damaged. */
    BLOB_MISSING(false),
    /** This worker was stopped in the middle of the batch. */
    WORKER_STOPPED(false),
    /** The queue delivered the batch again and again without a report. */
    UNDELIVERABLE(false),
    /** Something in Bohrwerk itself went wrong. */
    INTERNAL(false),
    /** This worker has no emulator that can run the target; another may. */
    EMULATOR_UNFIT(false),
    /** The guest needs more memory than this worker gives one; another may. The work goes there, and no attempt at it is counted. */
    GUEST_TOO_LARGE(false),
    /** This worker does not have the emulator's release that is asked for; another may. As {@link #GUEST_TOO_LARGE}. */
    EMULATOR_MISSING(false),
    /** The target cannot be booted: no kernel, a broken bundle. */
    TARGET_UNBOOTABLE(true),
    /** The guest booted, but did not say that it is ready in time. */
    NEVER_READY(true),
    /** The guest printed more than a machine's console may hold. */
    CONSOLE_FLOOD(true),
    /** The agent refused the batch, or said what is not in the protocol. */
    AGENT_PROTOCOL(true);

    private final boolean permanent;

    InfrastructureTrouble(boolean permanent) {
        this.permanent = permanent;
    }

    /** Whether this says nothing of the work, only that another worker must do it: the worker handed it back before it began. */
    public boolean handedBack() {
        return this == GUEST_TOO_LARGE || this == EMULATOR_MISSING;
    }

    /** Whether another attempt would meet the same trouble: it lies in the target, so the job ends with it. */
    public boolean permanent() {
        return permanent;
    }
}
