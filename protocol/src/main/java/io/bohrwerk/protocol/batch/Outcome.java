package io.bohrwerk.protocol.batch;

/**
 * How an iteration ended. Infrastructure trouble is not an outcome: see {@link InfrastructureTrouble}.
 */
public enum Outcome {
    PASSED,
    /** The agent said so. */
    FAILED,
    /** The guest went past the iteration's limit of virtual time, halted for good, or its kernel told of a stall. */
    HUNG,
    /** The guest's kernel told of a panic or a bug of its own, or its processor was reset. */
    PANICKED
}
