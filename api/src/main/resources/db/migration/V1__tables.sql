-- Every listed table has a position: the order of creation, by which lists are paged.

create table targets (
    id         text primary key check (id ~ '^[0-9a-f]{64}$'),
    position   bigint generated always as identity unique,
    version    integer not null,
    name       text not null,
    manifest   text not null, -- target.yaml as it was uploaded
    files      jsonb not null, -- [{name, size, digest}]
    created_at timestamptz not null
);

create table jobs (
    id                      uuid primary key,
    position                bigint generated always as identity unique,
    version                 integer not null,
    name                    text not null,
    target_id               text not null references targets,
    target_name             text not null,
    strategy                jsonb not null,
    iteration_budget        bigint not null check (iteration_budget >= 1),
    wall_time_nanos         bigint,
    stop_after_failures     bigint not null check (stop_after_failures >= 0), -- 0: never
    iterations_per_batch    integer not null check (iterations_per_batch >= 1),
    report_every            integer not null check (report_every >= 1),
    timer_period_nanos      bigint not null,
    state                   text not null check (state in ('QUEUED', 'RUNNING', 'COMPLETED', 'CANCELLED', 'ERROR')),
    stop_reason             text check (stop_reason in ('FAILURES', 'ITERATIONS', 'SCHEDULES', 'WALL_TIME')),
    message                 text,
    iterations              bigint not null default 0 check (iterations >= 0),
    promised                bigint not null default 0 check (promised >= 0), -- iterations of the batches in flight
    failures                bigint not null default 0,
    batches_created         bigint not null default 0,
    batches_in_flight       integer not null default 0 check (batches_in_flight >= 0),
    batches_completed       bigint not null default 0,
    batches_lost            bigint not null default 0,
    infrastructure_troubles bigint not null default 0,
    first_failure_id        uuid,
    first_failure_at        timestamptz,
    idempotency_key         text unique,
    request_digest          text,
    created_at              timestamptz not null,
    started_at              timestamptz,
    finished_at             timestamptz
);

create index jobs_that_go_on on jobs (position) where state in ('QUEUED', 'RUNNING');

create table batches (
    id                       uuid primary key,
    position                 bigint generated always as identity unique,
    version                  integer not null,
    job_id                   uuid not null references jobs,
    number                   bigint not null,
    attempt                  integer not null check (attempt >= 1),
    state                    text not null check (state in ('QUEUED', 'COMPLETED', 'LOST', 'WITHDRAWN')),
    schedule                 jsonb not null,
    iterations               integer not null check (iterations >= 1),
    iterations_run           bigint, -- set once, when the batch is counted
    instructions             bigint,
    millis_to_first_iteration bigint,
    worker_id                text,
    queued_at                timestamptz not null, -- of the latest attempt
    seen_at                  timestamptz, -- last listed in a heartbeat
    started_at               timestamptz,
    finished_at              timestamptz,
    unique (job_id, number),
    check ((state = 'COMPLETED') = (iterations_run is not null))
);

create index batches_of_job on batches (job_id, position);
create index batches_in_flight on batches (queued_at) where state = 'QUEUED';

create table infrastructure_troubles (
    batch_id  uuid not null references batches,
    attempt   integer not null,
    job_id    uuid not null references jobs,
    kind      text not null,
    message   text not null,
    worker_id text,
    at        timestamptz not null,
    primary key (batch_id, attempt)
);

create table crashes (
    id         uuid primary key,
    position   bigint generated always as identity unique,
    version    integer not null,
    signature  text not null unique,
    title      text not null,
    outcome    text not null,
    failures   bigint not null,
    first_seen timestamptz not null,
    last_seen  timestamptz not null
);

create table failures (
    id                uuid primary key,
    position          bigint generated always as identity unique,
    version           integer not null,
    job_id            uuid not null references jobs,
    batch_id          uuid not null unique references batches,
    crash_id          uuid not null references crashes,
    attempt           integer not null,
    worker_id         text not null,
    iteration         bigint not null,
    outcome           text not null check (outcome in ('FAILED', 'HUNG', 'PANICKED')),
    reason            text not null,
    instruction_count bigint not null,
    report            text not null,
    replay            text not null,
    replay_note       text not null,
    coordinates       jsonb not null,
    occurred_at       timestamptz not null
);

create index failures_of_job on failures (job_id, position);
create index failures_of_crash on failures (crash_id, position);

create table artifacts (
    failure_id uuid not null references failures,
    kind       text not null,
    size       bigint not null check (size >= 0),
    digest     text not null check (digest ~ '^[0-9a-f]{64}$'),
    primary key (failure_id, kind)
);

create table workers (
    id           text primary key,
    version      integer not null,
    host         text not null,
    slots        integer not null,
    emulator     text not null,
    last_seen    timestamptz not null,
    running      jsonb not null,
    last_trouble text
);

create table outbox (
    id         bigint generated always as identity primary key,
    topic      text not null,
    key        text not null,
    payload    bytea not null,
    job_id     uuid not null,
    batch_id   uuid not null,
    due_at     timestamptz not null, -- not to be sent before
    created_at timestamptz not null default now()
);

create index outbox_of_job on outbox (job_id);

create table dead_letters (
    id         bigint generated always as identity primary key,
    topic      text not null,
    partition  integer not null,
    kafka_offset bigint not null,
    key        bytea,
    payload    bytea,
    error      text not null,
    at         timestamptz not null default now(),
    unique (topic, partition, kafka_offset)
);
