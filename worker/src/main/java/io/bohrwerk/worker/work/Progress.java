package io.bohrwerk.worker.work;

/** How work goes on: what its runner tells, and is told. */
@FunctionalInterface
public interface Progress {
    /** @param done iterations that have passed, of a batch; machines that were run, of a search */
    void done(long done);

    /** Whether nobody waits for it any more. A runner that can end early then does, with what it has. */
    default boolean unwanted() {
        return false;
    }
}
