package io.bohrwerk.api.stats;

import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/stats")
class StatsController {
    private static final int MOST_HOURS = 366 * 24;

    private final JdbcClient database;
    private final Fleet fleet;

    StatsController(JdbcClient database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
    }

    /** @param batchesInFlight on their way or running, of all jobs */
    record Stats(
            JobCounts jobs,
            long targets,
            long crashes,
            long failures,
            long iterations,
            long batchesInFlight,
            long infrastructureTroubles,
            long deadLetters,
            WorkerCounts workers) {}

    record JobCounts(long queued, long running, long completed, long cancelled, long error) {}

    /** @param machines that run now, of {@code slots} */
    record WorkerCounts(int alive, int slots, int machines) {}

    /** @param at the hour's beginning @param crashes seen for the first time in it */
    record Hour(Instant at, long failures, long crashes) {}

    /**
     * What failed when, in the hours in which something did; from rows that are kept by the hour.
     *
     * @param hours back from now, 1 to 8784 (a year)
     */
    @GetMapping("/hours")
    Page<Hour> hours(@RequestParam(defaultValue = "168") int hours) {
        InvalidInputException.require(
                hours >= 1 && hours <= MOST_HOURS, "hours", hours, "must be between 1 and " + MOST_HOURS);
        OffsetDateTime since = Instant.now().minus(Duration.ofHours(hours)).atOffset(ZoneOffset.UTC);
        return new Page<>(
                database.sql("""
                select hour, sum(failures) as failures, sum(crashes) as crashes from (
                    select hour, failures, 0 as crashes from failure_hours where hour > :since
                    union all
                    select date_trunc('hour', first_seen, 'UTC'), 0, count(*) from crashes where first_seen > :since group by 1
                ) each group by hour order by hour""")
                        .param("since", since)
                        .query((row, number) -> new Hour(
                                row.getTimestamp("hour").toInstant(), row.getLong("failures"), row.getLong("crashes")))
                        .list(),
                null);
    }

    @GetMapping
    Stats get() {
        Fleet.Activity activity = fleet.now();
        WorkerCounts workers = new WorkerCounts(activity.workers(), activity.slots(), activity.machines());
        return database.sql("""
                select sum(jobs_queued)             as queued,
                       sum(jobs_running)            as running,
                       sum(jobs_completed)          as completed,
                       sum(jobs_cancelled)          as cancelled,
                       sum(jobs_error)              as error,
                       sum(iterations)              as iterations,
                       sum(failures)                as failures,
                       sum(batches_in_flight)       as in_flight,
                       sum(infrastructure_troubles) as troubles,
                       sum(targets)                 as targets,
                       sum(crashes_open + crashes_fixed + crashes_invalid + crashes_duplicate) as crashes,
                       sum(dead_letters)            as dead_letters
                from totals""")
                .query((row, number) -> new Stats(
                        new JobCounts(
                                row.getLong("queued"),
                                row.getLong("running"),
                                row.getLong("completed"),
                                row.getLong("cancelled"),
                                row.getLong("error")),
                        row.getLong("targets"),
                        row.getLong("crashes"),
                        row.getLong("failures"),
                        row.getLong("iterations"),
                        row.getLong("in_flight"),
                        row.getLong("troubles"),
                        row.getLong("dead_letters"),
                        workers))
                .single();
    }
}
