-- What a target's guest serves of the guest protocol, as a check measured it. A target without a row was never checked.
create table target_checks (
    id          uuid primary key,
    version     integer not null,
    target_id   text not null unique references targets on delete cascade,
    attempt     integer not null check (attempt >= 1),
    handed_back integer not null default 0,
    state       text not null check (state in ('QUEUED', 'RUNNING', 'COMPLETED', 'ERROR')),
    found       jsonb, -- set when it completes
    message     text, -- of the latest trouble
    worker_id   text, -- null also where the result came with the upload
    queued_at   timestamptz not null, -- of the latest attempt
    seen_at     timestamptz, -- last listed in a heartbeat
    started_at  timestamptz,
    finished_at timestamptz,
    check ((state = 'COMPLETED') = (found is not null))
);

create index target_checks_in_flight on target_checks (queued_at) where state in ('QUEUED', 'RUNNING');

-- Whether a job has no batches yet because its target is being checked.
alter table jobs add column awaits_check boolean not null default false;
create index jobs_awaiting_checks on jobs (target_id) where awaits_check;
