package io.bohrwerk.protocol.batch;

/**
 * How an iteration ended. Infrastructure trouble is not an outcome: see {@link InfrastructureTrouble}.
 */
public enum Outcome {
    PASSED,
    /** The agent said so. */
    FAILED,
    /** The guest went past the iteration's limit of virtual time, or halted for good. */
    HUNG,
    /** The guest panicked, or its processor was reset. */
    PANICKED
}
