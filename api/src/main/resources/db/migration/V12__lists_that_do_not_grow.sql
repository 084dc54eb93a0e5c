-- What pages read costs the same with ten batches and with ten million: totals that are kept on every write, an index for each order in
-- which a list can be asked for, and of what has no bound (the jobs that met a crash) only the latest.

-- Totals over everything are the sum of these rows. A transaction adds to the one that its connection falls on, so that reports that come
-- in together seldom wait for each other; and it does so at its very end (the triggers are deferred), as the last lock that it takes, so
-- that nobody who has it waits for another one.
create table totals (
    shard                   smallint primary key,
    targets                 bigint not null default 0,
    jobs_queued             bigint not null default 0,
    jobs_running            bigint not null default 0,
    jobs_completed          bigint not null default 0,
    jobs_cancelled          bigint not null default 0,
    jobs_error              bigint not null default 0,
    iterations              bigint not null default 0,
    failures                bigint not null default 0,
    batches_in_flight       bigint not null default 0,
    infrastructure_troubles bigint not null default 0,
    crashes_open            bigint not null default 0,
    crashes_fixed           bigint not null default 0,
    crashes_invalid         bigint not null default 0,
    crashes_duplicate       bigint not null default 0,
    dead_letters            bigint not null default 0
) with (fillfactor = 25);

insert into totals (shard) select generate_series(0, 15);

update totals set
    (jobs_queued, jobs_running, jobs_completed, jobs_cancelled, jobs_error, iterations, failures, batches_in_flight,
     infrastructure_troubles) = (
        select count(*) filter (where state = 'QUEUED'), count(*) filter (where state = 'RUNNING'),
               count(*) filter (where state = 'COMPLETED'), count(*) filter (where state = 'CANCELLED'),
               count(*) filter (where state = 'ERROR'), coalesce(sum(jobs.iterations), 0), coalesce(sum(jobs.failures), 0),
               coalesce(sum(jobs.batches_in_flight), 0), coalesce(sum(jobs.infrastructure_troubles), 0)
        from jobs),
    (crashes_open, crashes_fixed, crashes_invalid, crashes_duplicate) = (
        select count(*) filter (where state = 'OPEN'), count(*) filter (where state = 'FIXED'),
               count(*) filter (where state = 'INVALID'), count(*) filter (where state = 'DUPLICATE')
        from crashes),
    targets = (select count(*) from targets),
    dead_letters = (select count(*) from dead_letters)
where shard = 0;

-- Of an insertion old is null, of a deletion new: what is null adds nothing.
create function total_job() returns trigger language plpgsql as $$
begin
    update totals set
        jobs_queued    = jobs_queued    + coalesce((new.state = 'QUEUED')::int, 0)    - coalesce((old.state = 'QUEUED')::int, 0),
        jobs_running   = jobs_running   + coalesce((new.state = 'RUNNING')::int, 0)   - coalesce((old.state = 'RUNNING')::int, 0),
        jobs_completed = jobs_completed + coalesce((new.state = 'COMPLETED')::int, 0) - coalesce((old.state = 'COMPLETED')::int, 0),
        jobs_cancelled = jobs_cancelled + coalesce((new.state = 'CANCELLED')::int, 0) - coalesce((old.state = 'CANCELLED')::int, 0),
        jobs_error     = jobs_error     + coalesce((new.state = 'ERROR')::int, 0)     - coalesce((old.state = 'ERROR')::int, 0),
        iterations     = iterations     + coalesce(new.iterations, 0)                 - coalesce(old.iterations, 0),
        failures       = failures       + coalesce(new.failures, 0)                   - coalesce(old.failures, 0),
        batches_in_flight = batches_in_flight + coalesce(new.batches_in_flight, 0)    - coalesce(old.batches_in_flight, 0),
        infrastructure_troubles = infrastructure_troubles + coalesce(new.infrastructure_troubles, 0)
            - coalesce(old.infrastructure_troubles, 0)
    where shard = pg_backend_pid() % 16;
    return null;
end $$;

create constraint trigger total after insert or update or delete on jobs
    deferrable initially deferred for each row execute function total_job();

create function total_crash() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.state = new.state then
        return null;
    end if;
    update totals set
        crashes_open      = crashes_open      + coalesce((new.state = 'OPEN')::int, 0)      - coalesce((old.state = 'OPEN')::int, 0),
        crashes_fixed     = crashes_fixed     + coalesce((new.state = 'FIXED')::int, 0)     - coalesce((old.state = 'FIXED')::int, 0),
        crashes_invalid   = crashes_invalid   + coalesce((new.state = 'INVALID')::int, 0)   - coalesce((old.state = 'INVALID')::int, 0),
        crashes_duplicate = crashes_duplicate + coalesce((new.state = 'DUPLICATE')::int, 0) - coalesce((old.state = 'DUPLICATE')::int, 0)
    where shard = pg_backend_pid() % 16;
    return null;
end $$;

create constraint trigger total after insert or update or delete on crashes
    deferrable initially deferred for each row execute function total_crash();

create function total_rows() returns trigger language plpgsql as $$
declare
    more int := case tg_op when 'INSERT' then 1 else -1 end;
begin
    if tg_table_name = 'targets' then
        update totals set targets = targets + more where shard = pg_backend_pid() % 16;
    else
        update totals set dead_letters = dead_letters + more where shard = pg_backend_pid() % 16;
    end if;
    return null;
end $$;

create constraint trigger total after insert or delete on targets
    deferrable initially deferred for each row execute function total_rows();
create constraint trigger total after insert or delete on dead_letters
    deferrable initially deferred for each row execute function total_rows();

-- The order in which jobs met a crash, and in which crashes were met by a job.
alter table crash_jobs add column position bigint generated always as identity;
create index jobs_of_crash on crash_jobs (crash_id, position);
create index crashes_met_by_job on crash_jobs (job_id, position);

create table crash_targets (
    crash_id  uuid not null references crashes,
    target_id text not null references targets,
    jobs      bigint not null, -- with this target that met the crash
    primary key (crash_id, target_id)
);

insert into crash_targets
select c.crash_id, j.target_id, count(*) from crash_jobs c join jobs j on j.id = c.job_id group by c.crash_id, j.target_id;

create function meet_target() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update crash_targets set jobs = jobs - 1
        where crash_id = old.crash_id and target_id = (select target_id from jobs where id = old.job_id);
        delete from crash_targets where crash_id = old.crash_id and jobs = 0;
    end if;
    if tg_op <> 'DELETE' then
        insert into crash_targets (crash_id, target_id, jobs)
        select new.crash_id, target_id, 1 from jobs where id = new.job_id
        on conflict (crash_id, target_id) do update set jobs = crash_targets.jobs + 1;
    end if;
    return null;
end $$;

-- Under the lock of the crash's row, which whoever changes these rows has.
create trigger meet_target after insert or delete or update of crash_id, job_id on crash_jobs
    for each row execute function meet_target();

create index crashes_by_title on crashes (state, title, position);
create index crashes_by_creation on crashes (state, position);
create index all_crashes_by_last_seen on crashes (last_seen, position);
create index all_crashes_by_first_seen on crashes (first_seen, position);
create index all_crashes_by_failures on crashes (failures, position);
create index all_crashes_by_title on crashes (title, position);

-- Parts of titles. The extension comes with PostgreSQL, and whoever owns the database may create it.
create extension if not exists pg_trgm;
create index crashes_by_part_of_title on crashes using gin (lower(title) gin_trgm_ops);

create index workers_by_last_seen on workers (last_seen);
