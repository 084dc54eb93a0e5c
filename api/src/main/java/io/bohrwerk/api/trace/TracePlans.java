package io.bohrwerk.api.trace;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The plans of traced jobs, from the blob store; the latest few stay in memory. */
@Component
public class TracePlans {
    /** A long test's plan takes some 20 MB. */
    private static final int KEPT = 16;

    private final JobTraces traces;
    private final BlobStore blobs;
    private final Map<Digest, TracedPlan> kept = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, TracedPlan> eldest) {
            return size() > KEPT;
        }
    };

    TracePlans(JobTraces traces, BlobStore blobs) {
        this.traces = traces;
        this.blobs = blobs;
    }

    /** One for each shift of the job, all of which were traced. */
    public List<TracedPlan> plans(UUID job) {
        return traces.ofJob(job).stream().map(JobTrace::plan).map(this::plan).toList();
    }

    /** @throws UncheckedIOException when the blob store does not give it: what asked for it is tried again */
    synchronized TracedPlan plan(Digest digest) {
        TracedPlan known = kept.get(digest);
        if (known == null) {
            try (InputStream in = blobs.open(digest)) {
                known = TracedPlan.read(in);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the traced plan " + digest, e);
            }
            kept.put(digest, known);
        }
        return known;
    }
}
