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
    CHECKPOINTS
}
