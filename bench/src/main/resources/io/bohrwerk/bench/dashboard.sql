-- A year of hunting for `bench dashboard`: batches from + 1 to to, with a tenth as many failures, a five-hundredth as many crashes, a
-- two-hundredth as many jobs; one job has a fifth of all batches, and one crash some twelfth of all failures. Every draw follows from the
-- seed. manifest and files are those of a real target.
select setseed(0.42 + :from / 1e9);
-- The rows are consistent among themselves, and checking a million references one by one takes longer than all the rest.
set session_replication_role = replica;

create or replace function pg_temp.id(kind text, number bigint) returns uuid language sql immutable as
    $$ select md5(kind || number)::uuid $$;
create or replace function pg_temp.digest(kind text, number bigint) returns text language sql immutable as
    $$ select encode(sha256((kind || number)::bytea), 'hex') $$;
create or replace function pg_temp.schedule(number bigint) returns jsonb language sql immutable as
    $$ select jsonb_build_object('shift', 4 + 2 * (number % 2), 'delay', 0, 'stride', 0, 'window', 62500, 'seed', number, 'align', 'none') $$;

insert into targets (id, version, name, manifest, files, created_at)
select pg_temp.digest('target', n), 0, 'kernel-' || n, :manifest, :files, now() - interval '400 days' + n * interval '1 hour'
from generate_series(:from / 20000 + 1, greatest(:to / 20000, 1)) as n on conflict do nothing;

insert into jobs (id, version, name, target_id, target_name, strategy, iteration_budget, stop_after_failures, iterations_per_batch,
    report_every, timer_period_nanos, state, stop_reason, created_at, started_at, finished_at)
select pg_temp.id('job', n), 0, 'hunt ' || n, pg_temp.digest('target', t), 'kernel-' || t,
    case when n = 1 or n % 5 = 0
        then '{"kind": "adaptive", "shifts": [4, 6], "strategies": ["random", "aligned"], "buckets": 8, "floor": 0.1, "seed": 1}'::jsonb
        else '{"kind": "random", "shifts": [4, 6], "seed": 1}'::jsonb end,
    1000000000, 0, 500, 1, 1000000, 'COMPLETED', 'WALL_TIME', at, at, at + interval '8 hours'
from generate_series(:from / 200 + 1, :to / 200) as n
cross join lateral (select 1 + (random() * 1e6)::bigint % greatest(:to / 20000, 1) as t, now() - interval '1 year' * ((:to / 200 - n) / (:to / 200.0)) - interval '8 hours' as at) drawn;

insert into batches (id, version, job_id, number, attempt, state, schedule, iterations, iterations_run, instructions,
    millis_to_first_iteration, worker_id, queued_at, started_at, finished_at, arm)
select pg_temp.id('batch', n), 0,
    -- As jobs are, one after the other; the large one is the oldest of its time.
    pg_temp.id('job', case when n - :from <= (:to - :from) / 5 then 1
        else :from / 200 + least((:to - :from) / 200, 1 + floor((n - :from) * 1.25 - (:to - :from) / 4) / 200) end::bigint),
    n, 1, 'COMPLETED', pg_temp.schedule(n), 500, case when n % 10 = 0 then 1 + n % 500 else 500 end, 31000000, 50,
    'worker-' || n % 16, at, at, at + interval '4 seconds', n % 2
from (select n, now() - interval '1 year' * ((:to - n) / (1.0 + :to - :from)) as at from generate_series(:from + 1, :to) as n) drawn;

insert into crashes (id, version, signature, title, outcome, failures, first_seen, last_seen, state, verified)
select pg_temp.id('crash', n), 0, 'made ' || n,
    case n % 3 when 0 then 'Panicked: BUG: unable to handle page fault in ' when 1 then 'Failed: WARNING in ' else 'Hung: possible deadlock in ' end
        || (array['ext4', 'tcp', 'futex', 'ptrace', 'epoll', 'vmx', 'ksm', 'bpf'])[1 + n % 8] || '_' || substr(md5('title' || n), 1, 8),
    (array['PANICKED', 'FAILED', 'HUNG'])[1 + n % 3], 0, now(), now() - interval '1 year',
    case when n % 10 < 6 or n < 10 then 'OPEN' when n % 10 < 9 then 'FIXED' else 'INVALID' end, 0
from generate_series(:from / 500 + 1, :to / 500) as n;

insert into failures (id, version, job_id, batch_id, crash_id, attempt, worker_id, iteration, outcome, reason, instruction_count, report,
    replay, replay_note, coordinates, occurred_at)
select pg_temp.id('failure', b.number), 0, b.job_id, b.id, pg_temp.id('crash', case when drawn = 2 and b.number > (:from + :to) / 2 then 3 else drawn end), 1, b.worker_id,
    b.iterations_run, (array['PANICKED', 'FAILED', 'HUNG'])[1 + case when drawn = 2 and b.number > (:from + :to) / 2 then 3 else drawn end % 3],
    'WARNING: CPU: 0 PID: ' || b.number || ' at kernel/events/core.c:' || b.number % 4096, 31000000,
    'Kernel panic - not syncing' || repeat(E'\n[   12.345678]  ? asm_exc_debug+0x1f/0x30 ' || b.number, 20),
    case when b.number % 50 = 0 then 'DIVERGED' else 'VERIFIED' end, '',
    jsonb_build_object('target', j.target_id, 'snapshot', j.target_id, 'emulator', 'qemu-system-x86_64 7.2', 'machineOptions', '-m 128M',
        'schedule', b.schedule, 'iterations', 500, 'reportEvery', 1), b.finished_at
from (select b.*, 1 + floor(:to / 500 * random() ^ 3)::bigint as drawn from batches b
      where b.number > :from and b.number <= :to and b.number % 10 = 0) b
join jobs j on j.id = b.job_id order by b.number;

insert into artifacts (failure_id, kind, size, digest)
select pg_temp.id('failure', n), kind, 4096 + n % 1000, pg_temp.digest(kind, n)
from generate_series(:from + 10, :to, 10) as n
cross join unnest(array['MERGED_LOG', 'MERGED_LOG_INDEX', 'SNAPSHOT', 'RECORDING', 'MANIFEST']) as kind;

insert into infrastructure_troubles (batch_id, attempt, job_id, kind, message, worker_id, at)
select id, 1, job_id, 'EMULATOR_DIED', 'qemu-system-x86_64 ended with status 1', worker_id, finished_at
from batches where number > :from and number <= :to and number % 100 = 7;

insert into arms (job_id, number, batches, iterations, failures)
select job_id, arm, count(*), sum(iterations_run), count(*) filter (where number % 10 = 0)
from batches where number > :from and number <= :to group by job_id, arm
on conflict (job_id, number) do update set batches = arms.batches + excluded.batches,
    iterations = arms.iterations + excluded.iterations, failures = arms.failures + excluded.failures;

insert into workers (id, version, host, slots, emulator, last_seen, running, last_trouble)
select 'made-' || n, 0, 'host-' || n % 8, 4, 'qemu-system-x86_64 7.2', now() - n * interval '30 minutes', '[]', null
from generate_series(:from / 10000 + 1, :to / 10000) as n;

insert into failure_hours (hour, failures)
select date_trunc('hour', occurred_at, 'UTC'), count(*) from failures
where id in (select pg_temp.id('failure', n) from generate_series(:from + 10, :to, 10) as n) group by 1
on conflict (hour) do update set failures = failure_hours.failures + excluded.failures;

-- From here on with all triggers: these rows are those that totals are kept of, and few.
set session_replication_role = origin;

insert into crash_jobs (crash_id, job_id, failures)
select crash_id, job_id, count(*) from failures
where id in (select pg_temp.id('failure', n) from generate_series(:from + 10, :to, 10) as n)
group by crash_id, job_id order by max(position)
on conflict (crash_id, job_id) do update set failures = crash_jobs.failures + excluded.failures;

update crashes c set failures = f.failures, verified = f.verified, first_seen = f.first_seen, last_seen = f.last_seen
from (select crash_id, count(*) as failures, count(*) filter (where replay = 'VERIFIED') as verified, min(occurred_at) as first_seen,
             max(occurred_at) as last_seen from failures group by crash_id) f
where f.crash_id = c.id;

update jobs j set batches_created = b.batches, batches_completed = b.batches, iterations = b.iterations, failures = b.failures,
    infrastructure_troubles = b.troubles, first_failure_id = null
from (select job_id, count(*) as batches, sum(iterations_run) as iterations, count(*) filter (where number % 10 = 0) as failures,
             count(*) filter (where number % 100 = 7) as troubles from batches group by job_id) b
where b.job_id = j.id;

insert into job_samples (job_id, iterations, failures, at)
select j.id, greatest(1, j.iterations * n / 40), j.failures * n / 40, j.started_at + n * interval '12 minutes'
from jobs j cross join generate_series(1, 40) as n
where j.id in (select pg_temp.id('job', n) from generate_series(:from / 200 + 1, :to / 200) as n) on conflict do nothing;

insert into crash_changes (crash_id, kind, before, after, note, at)
select pg_temp.id('crash', n), 'MARKED', 'OPEN', 'FIXED', 'by a commit', now() from generate_series(:from / 500 + 1, :to / 500) as n;

insert into comparisons (id, version, job_id, first_id, second_id, confidence, created_at)
select pg_temp.id('comparison', 1), 0, pg_temp.id('job', 1), pg_temp.id('job', 2), pg_temp.id('job', 3), 0.95, now() where :from = 0;

-- A few jobs that go on. All that they may run is in flight, so that nothing is put into the queue for them.
update jobs set state = 'RUNNING', stop_reason = null, finished_at = null, started_at = now() - interval '1 hour', promised = 32000,
    batches_in_flight = 64, iteration_budget = iterations + 32000
where id in (select pg_temp.id('job', n) from generate_series(2, 13) as n);

vacuum (analyze);
