alter table jobs add column keep_checkpoints boolean not null default true;

alter table failures add column checkpoints jsonb not null default '[]'; -- [{name, instruction}]

create table replays (
    id          uuid primary key,
    position    bigint generated always as identity unique,
    version     integer not null,
    failure_id  uuid not null references failures,
    attempt     integer not null check (attempt >= 1),
    state       text not null check (state in ('QUEUED', 'RUNNING', 'COMPLETED', 'REFUSED', 'ERROR')),
    mode        text not null check (mode in ('LOG', 'VERIFY', 'CHECKPOINTS')),
    log_classes jsonb not null,
    log_window  jsonb not null,
    times       integer not null check (times between 1 and 100),
    result      jsonb, -- set once, when it completes
    message     text, -- of the latest trouble, or why it was refused
    worker_id   text,
    queued_at   timestamptz not null, -- of the latest attempt
    seen_at     timestamptz, -- last listed in a heartbeat
    created_at  timestamptz not null,
    started_at  timestamptz,
    finished_at timestamptz,
    check ((state = 'COMPLETED') = (result is not null))
);

create index replays_of_failure on replays (failure_id, position);
create index replays_in_flight on replays (queued_at) where state in ('QUEUED', 'RUNNING');

create table replay_artifacts (
    replay_id uuid not null references replays,
    kind      text not null,
    size      bigint not null check (size >= 0),
    digest    text not null check (digest ~ '^[0-9a-f]{64}$'),
    primary key (replay_id, kind)
);

-- A message is about a batch of a job, or about a replay.
alter table outbox alter column job_id drop not null;
alter table outbox alter column batch_id drop not null;
alter table outbox add column replay_id uuid;
