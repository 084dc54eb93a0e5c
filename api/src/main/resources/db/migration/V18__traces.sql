alter table jobs add column traced_places bigint; -- of the strategy traced: known once the test was traced at each of its shifts

-- The plans of the strategy traced: one for each of a job's shifts, made by a worker before the first batch.
create table traces (
    id           uuid primary key,
    version      integer not null,
    job_id       uuid not null references jobs,
    arm          integer not null check (arm >= 0),
    shift        integer not null,
    attempt      integer not null check (attempt >= 1),
    state        text not null check (state in ('QUEUED', 'RUNNING', 'COMPLETED', 'ERROR')),
    digest       text check (digest ~ '^[0-9a-f]{64}$'), -- of the plan
    size         bigint check (size >= 0),
    delays       integer, -- iterations of the plan
    instructions integer,
    places       integer,
    checked      boolean, -- whether ticks were seen to land where they were put
    message      text, -- of the latest trouble
    worker_id    text,
    queued_at    timestamptz not null, -- of the latest attempt
    seen_at      timestamptz, -- last listed in a heartbeat
    created_at   timestamptz not null,
    started_at   timestamptz,
    finished_at  timestamptz,
    unique (job_id, arm),
    check ((state = 'COMPLETED') = (digest is not null))
);

create index traces_in_flight on traces (queued_at) where state in ('QUEUED', 'RUNNING');

alter table outbox add column trace_id uuid;
