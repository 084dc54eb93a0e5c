package io.bohrwerk.protocol.batch;

/** What came of one attempt at a piece of {@link Work}. */
public sealed interface Report permits BatchReport, ReplayReport, TraceReport {
    /** Where it is sent. */
    String topic();

    /** Reports with the same key arrive in their order. */
    String key();
}
