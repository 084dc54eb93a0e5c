package io.bohrwerk.api.batch;

/** Where a batch is. */
public enum BatchState {
    /** In the outbox, in Kafka or in a machine. */
    QUEUED,
    /** Its iterations are counted. */
    COMPLETED,
    /** Every attempt met infrastructure trouble. */
    LOST,
    /** Its job ended before anything was heard of it. */
    WITHDRAWN
}
