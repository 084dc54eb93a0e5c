package io.bohrwerk.api.work;

import io.bohrwerk.protocol.batch.Work;
import io.bohrwerk.protocol.worker.RunningWork;
import java.time.Instant;
import java.util.List;
import org.springframework.data.domain.Limit;

/** Work of one kind while it is out: a bean for each kind, told by {@link Sweep} what heartbeats show and what fell silent. */
public interface WatchedWork {
    /** See {@link Work#kind}. */
    String kind();

    /** A worker's heartbeat lists it. */
    void seen(List<RunningWork> running, Instant now);

    /** What was neither reported nor seen in a heartbeat since then, the longest silent first. */
    List<Waiting> silentSince(Instant since, Limit limit);

    /**
     * The queue has lost this attempt: try again, or give up. It may have been heard of in the meantime.
     *
     * @param why one line for people
     */
    void silent(Waiting work, String why);
}
