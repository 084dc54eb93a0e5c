package io.bohrwerk.protocol.batch;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a failure is replayed for. */
public enum ReplayMode {
    /** A merged log of other classes, or of another part of the batch. */
    @JsonProperty("log")
    LOG,
    /** Whether it goes the same way, a number of times. */
    @JsonProperty("verify")
    VERIFY,
    /** The snapshots {@code before} and {@code failure}. */
    @JsonProperty("checkpoints")
    CHECKPOINTS,
    /** Where the failing iteration and the nearest passing one went apart. */
    @JsonProperty("divergence")
    DIVERGENCE,
    /** Two schedules next to each other, one of which fails: batches of few iterations are run for it. */
    @JsonProperty("adjacent")
    ADJACENT,
    /** From where on it fails whatever the timing: the machine goes on otherwise from points further and further back. */
    @JsonProperty("when")
    WHEN;

    /** Why all but {@link #VERIFY} are refused for a batch that goes the same way by {@link Again#RUN running again}. */
    public static final String NEEDS_RECORDING =
            "its guest has several CPUs, of which QEMU makes no recording; only verify is possible, which runs the batch again";

    /** Whether it is to find something out by a comparison with other runs. */
    public boolean compares() {
        return this == DIVERGENCE || this == ADJACENT || this == WHEN;
    }
}
