package io.bohrwerk.protocol.batch;

/** The names on the Kafka broker. */
public final class Topics {
    /** {@link Work} of every kind, taken by a share group: each goes to one worker, and comes back when it is lost. */
    public static final String BATCHES = "bohrwerk.batches";

    /**
     * Partitions of {@link #BATCHES}. With one, every slot of every worker takes from it. With more, the broker assigns each partition
     * to a few consumers only (to one, while there are no more consumers than partitions), and a job's batches, which lie together, keep
     * one slot busy while the others idle.
     */
    public static final int BATCHES_PARTITIONS = 1;

    /** {@link BatchReport}s, keyed by job. */
    public static final String REPORTS = "bohrwerk.reports";
    /** {@link io.bohrwerk.protocol.worker.WorkerHeartbeat}s, keyed by worker. */
    public static final String HEARTBEATS = "bohrwerk.heartbeats";
    /** {@link Withdrawal}s, each read by every worker. */
    public static final String WITHDRAWALS = "bohrwerk.withdrawals";
    /** The share group of all workers. */
    public static final String WORKERS_GROUP = "bohrwerk-workers";

    private Topics() {}

    /** Where the reports on a kind of work go. */
    public static String reports(String kind) {
        return kind.equals(BatchRequest.KIND) ? REPORTS : "bohrwerk." + kind + "-reports";
    }
}
