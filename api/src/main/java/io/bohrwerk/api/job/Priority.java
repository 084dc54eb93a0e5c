package io.bohrwerk.api.job;

/** How large a job's share of the machines is, while several want them. None keeps another from running. */
public enum Priority {
    LOW(1),
    NORMAL(4),
    HIGH(16);

    private final int weight;

    Priority(int weight) {
        this.weight = weight;
    }

    /** Machines that work for it, relative to those of other jobs. */
    public int weight() {
        return weight;
    }
}
