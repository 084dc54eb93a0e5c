package io.bohrwerk.api.audit;

import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The sums of the database against the rows that they are sums of. Each holds after every transaction, so it holds at any moment. */
@Component
class Contradictions {
    /** Each gives a subject and a text for what is wrong, and no row when nothing is. */
    private static final List<String> QUERIES = List.of("""
            select 'job ' || j.id, 'says ' || j.iterations || ' iterations, ' || j.batches_completed || ' batches completed, '
                || j.batches_lost || ' lost, ' || j.batches_in_flight || ' in flight with ' || j.promised || ' iterations, '
                || j.batches_created || ' created; its batches say ' || b.iterations || ', ' || b.completed || ', ' || b.lost || ', '
                || b.queued || ' with ' || b.promised || ', ' || b.created
            from jobs j cross join lateral (
                select coalesce(sum(iterations_run), 0)                                 as iterations,
                       count(*) filter (where state = 'COMPLETED')                      as completed,
                       count(*) filter (where state = 'LOST')                           as lost,
                       count(*) filter (where state = 'QUEUED')                         as queued,
                       coalesce(sum(iterations) filter (where state = 'QUEUED'), 0)     as promised,
                       count(*)                                                         as created
                from batches where job_id = j.id) b
            where (j.iterations, j.batches_completed, j.batches_lost, j.batches_in_flight, j.promised, j.batches_created)
                is distinct from (b.iterations, b.completed, b.lost, b.queued, b.promised, b.created)""", """
            select 'job ' || j.id, 'says ' || j.failures || ' failures and has ' || count(f.id)
            from jobs j left join failures f on f.job_id = j.id group by j.id having j.failures <> count(f.id)""", """
            select 'job ' || j.id, 'says ' || j.infrastructure_troubles || ' infrastructure troubles and has ' || count(t.batch_id)
            from jobs j left join infrastructure_troubles t on t.job_id = j.id
            group by j.id having j.infrastructure_troubles <> count(t.batch_id)""", """
            select 'crash ' || c.id, 'says ' || c.failures || ' failures and has ' || count(f.id)
            from crashes c left join failures f on f.crash_id = c.id group by c.id having c.failures <> count(f.id)""", """
            select 'failure ' || f.id, 'is of a batch that is ' || b.state || ' in job ' || b.job_id || ', itself of job ' || f.job_id
            from failures f join batches b on b.id = f.batch_id where b.state <> 'COMPLETED' or b.job_id <> f.job_id""", """
            select 'failure ' || f.id, 'is at iteration ' || f.iteration || ' of a batch that ran ' || b.iterations_run
            from failures f join batches b on b.id = f.batch_id where f.iteration > b.iterations_run""", """
            select 'totals', 'say ' || t.said || ' and the rows ' || r.found
            from (select (sum(jobs_queued), sum(jobs_running), sum(jobs_completed), sum(jobs_cancelled), sum(jobs_error), sum(iterations),
                          sum(failures), sum(batches_in_flight), sum(infrastructure_troubles), sum(crashes_open), sum(crashes_fixed),
                          sum(crashes_invalid), sum(crashes_duplicate), sum(targets), sum(dead_letters))::text as said
                  from totals) t
            cross join (
                select (count(*) filter (where state = 'QUEUED'), count(*) filter (where state = 'RUNNING'),
                        count(*) filter (where state = 'COMPLETED'), count(*) filter (where state = 'CANCELLED'),
                        count(*) filter (where state = 'ERROR'), coalesce(sum(iterations), 0), coalesce(sum(failures), 0),
                        coalesce(sum(batches_in_flight), 0), coalesce(sum(infrastructure_troubles), 0),
                        (select count(*) from crashes where state = 'OPEN'), (select count(*) from crashes where state = 'FIXED'),
                        (select count(*) from crashes where state = 'INVALID'), (select count(*) from crashes where state = 'DUPLICATE'),
                        (select count(*) from targets), (select count(*) from dead_letters))::text as found
                from jobs) r
            where t.said <> r.found""", """
            select 'job ' || j.id, 'is ' || j.state || ' with nothing in flight: nobody will ever come back to it'
            from jobs j where j.state in ('QUEUED', 'RUNNING') and j.batches_in_flight = 0 and not j.awaits_check
                and not exists (select 1 from traces t where t.job_id = j.id and t.state in ('QUEUED', 'RUNNING'))""");

    private final JdbcClient database;

    Contradictions(JdbcClient database) {
        this.database = database;
    }

    void find(Consumer<AuditReport.Finding> found) {
        for (String query : QUERIES) {
            database.sql(query)
                    .query((row, number) ->
                            new AuditReport.Finding(AuditReport.Kind.CONTRADICTION, row.getString(1), row.getString(2)))
                    .list()
                    .forEach(found);
        }
        database.sql("select id, topic || '-' || partition || '@' || kafka_offset || ': ' || error from dead_letters")
                .query((row, number) -> new AuditReport.Finding(
                        AuditReport.Kind.DEAD_LETTER, "dead letter " + row.getLong(1), row.getString(2)))
                .list()
                .forEach(found);
    }
}
