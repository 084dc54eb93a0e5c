-- What people say about a crash, and counts that lists and charts would else have to make from all failures.

alter table crashes
    add column state        text not null default 'OPEN' check (state in ('OPEN', 'FIXED', 'INVALID', 'DUPLICATE')),
    add column duplicate_of uuid references crashes,
    add column verified     bigint not null default 0, -- failures whose replay held
    add check ((state = 'DUPLICATE') = (duplicate_of is not null));

create index crashes_by_last_seen on crashes (state, last_seen, position);
create index crashes_by_first_seen on crashes (state, first_seen, position);
create index crashes_by_failures on crashes (state, failures, position);
create index crashes_by_age on crashes (first_seen);

create table crash_changes (
    id       bigint generated always as identity primary key,
    crash_id uuid not null references crashes,
    kind     text not null check (kind in ('RENAMED', 'MARKED', 'CAME_BACK')),
    before   text not null,
    after    text not null,
    note     text not null,
    at       timestamptz not null
);

create index changes_of_crash on crash_changes (crash_id, id);

create table crash_jobs (
    crash_id uuid not null references crashes,
    job_id   uuid not null references jobs,
    failures bigint not null,
    primary key (crash_id, job_id)
);

create index crashes_of_job on crash_jobs (job_id, crash_id);

create table failure_hours (
    hour     timestamptz primary key,
    failures bigint not null
);

create index jobs_by_state on jobs (state, position);

update crashes c set verified = (select count(*) from failures f where f.crash_id = c.id and f.replay = 'VERIFIED');
insert into crash_jobs select crash_id, job_id, count(*) from failures group by crash_id, job_id;
insert into failure_hours select date_trunc('hour', occurred_at, 'UTC'), count(*) from failures group by 1;
