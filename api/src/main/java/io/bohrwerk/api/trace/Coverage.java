package io.bohrwerk.api.trace;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Remainder;
import io.bohrwerk.protocol.traced.Aim;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Computes where in a traced job's test interrupts were put. */
@Component
public class Coverage {
    private static final int MOST_FAILURES = 100;

    private final JobTraces traces;
    private final TracePlans plans;
    private final Batches batches;
    private final JdbcClient database;

    Coverage(JobTraces traces, TracePlans plans, Batches batches, JdbcClient database) {
        this.traces = traces;
        this.plans = plans;
        this.batches = batches;
        this.database = database;
    }

    private record Failing(UUID failure, long place) {}

    @Transactional(readOnly = true)
    public CoverageView of(Job job) {
        BitSet counted = counted(job);
        Aim aim = Objects.requireNonNullElse(job.course().aim(), Aim.NONE);
        List<CoverageView.Shift> shifts = new ArrayList<>();
        List<CoverageView.Landing> landings = new ArrayList<>();
        List<Failing> failing = failing(job);
        int from = 0;
        for (JobTrace trace : traces.ofJob(job.id())) {
            TracedPlan plan = trace.completed() ? plans.plan(trace.plan()) : null;
            int to = from + trace.delays();
            shifts.add(CoverageView.of(trace, plan, counted.get(from, to), aim));
            landings.addAll(landings(plan, failing, from, to));
            from = to;
        }
        return new CoverageView(shifts, landings);
    }

    private static List<CoverageView.Landing> landings(
            @Nullable TracedPlan plan, List<Failing> failing, int from, int to) {
        List<CoverageView.Landing> landings = new ArrayList<>();
        for (Failing each : failing) {
            if (plan != null && each.place() >= from && each.place() < to) {
                landings.add(CoverageView.landing(each.failure(), plan, (int) (each.place() - from)));
            }
        }
        return landings;
    }

    /** Places that were given out, without those that are on their way or were left over. */
    private BitSet counted(Job job) {
        BitSet counted = new BitSet();
        counted.set(0, Math.toIntExact(job.course().given()));
        for (Remainder rest : job.course().remainders()) {
            counted.clear((int) rest.place(), (int) rest.place() + rest.count());
        }
        for (Batch batch : batches.notCounted(job.id())) {
            Long place = batch.place();
            if (place != null) {
                counted.clear(place.intValue(), place.intValue() + batch.iterations());
            }
        }
        return counted;
    }

    private List<Failing> failing(Job job) {
        return database.sql("""
                select f.id, b.place + f.iteration - 1 from failures f join batches b on b.id = f.batch_id
                where f.job_id = ? and b.place is not null order by f.position desc limit ?""")
                .param(job.id())
                .param(MOST_FAILURES)
                .query((row, number) -> new Failing(row.getObject(1, UUID.class), row.getLong(2)))
                .list();
    }
}
