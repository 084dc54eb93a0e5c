package io.bohrwerk.api.scheduling;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.access.Caller;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.web.RefusedException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** How much of the machines' work one caller may have ordered at once. Where nobody has to say who they are, there is no such limit. */
@Component
public class Quota {
    private final JdbcClient database;
    private final ApiProperties.Access settings;

    Quota(JdbcClient database, ApiProperties properties) {
        this.database = database;
        this.settings = properties.access();
    }

    /** What a caller's jobs that have not ended are. */
    private record Ordered(int jobs, long iterations) {}

    /**
     * Makes a new job the caller's, before it is stored.
     *
     * @throws RefusedException (429) when that would be more than the caller may have
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void admit(Job job) {
        Caller caller = Caller.current().orElse(null);
        if (caller == null) {
            return;
        }
        job.origin().submittedBy(caller);
        String owner = caller.id();
        if (owner == null) {
            return;
        }
        // One submission of a caller at a time, or two could both be the last that is allowed.
        database.sql("select 1 from (select pg_advisory_xact_lock(hashtextextended(?, 0))) locked")
                .param(owner)
                .query(Integer.class)
                .single();
        Ordered ordered = database.sql(
                        "select count(*) as jobs, coalesce(sum(iteration_budget), 0)::bigint as iterations"
                                + " from jobs where owner = ? and state in ('QUEUED', 'RUNNING')")
                .param(owner)
                .query((row, number) -> new Ordered(row.getInt("jobs"), row.getLong("iterations")))
                .single();
        int mostJobs = Objects.requireNonNullElse(caller.mostRunningJobs(), settings.mostRunningJobs());
        long mostIterations = Objects.requireNonNullElse(caller.mostIterations(), settings.mostIterations());
        if (ordered.jobs() >= mostJobs) {
            throw refused(
                    null,
                    caller.name() + " has " + ordered.jobs() + " jobs that have not ended, and may have " + mostJobs);
        }
        if (job.stopRules().iterations() > mostIterations - ordered.iterations()) {
            throw refused(
                    "iterations",
                    caller.name() + " may have " + mostIterations + " iterations ordered at once; jobs that have not"
                            + " ended have " + ordered.iterations() + ", and this one would add "
                            + job.stopRules().iterations());
        }
    }

    private static RefusedException refused(@Nullable String field, String message) {
        return new RefusedException(HttpStatus.TOO_MANY_REQUESTS, field, message);
    }
}
