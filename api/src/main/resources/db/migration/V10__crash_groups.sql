-- Crashes are groups: several signatures may lead to one, and people may join and divide them.

alter table crashes alter column signature drop not null; -- a group that was split off by hand founds on none
alter table crashes
    add column merged   boolean not null default false, -- into the crash that it is a duplicate of: its failures and signatures are there
    add column bin      boolean not null default false, -- of reports that are not whole
    add column fixed_by uuid references jobs, -- the job that asked whether it is fixed
    add column frames   jsonb   not null default '[]', -- the stack's top, without functions that say nothing
    add check (not merged or state = 'DUPLICATE'),
    add check (fixed_by is null or state = 'FIXED');

-- Which group a failure goes to. One signature is the crash's own; others are alternative titles, or came by a merge.
create table crash_signatures (
    signature text primary key,
    crash_id  uuid not null references crashes
);

insert into crash_signatures select signature, id from crashes;
create index signatures_of_crash on crash_signatures (crash_id, signature);

create table crash_frames (
    frame    text not null,
    crash_id uuid not null references crashes,
    primary key (frame, crash_id)
);

alter table failures
    add column signature text  not null default '',
    add column frames    jsonb not null default '[]';

update failures f set signature = c.signature from crashes c where c.id = f.crash_id;

alter table crash_changes drop constraint crash_changes_kind_check;
alter table crash_changes add constraint crash_changes_kind_check
    check (kind in ('RENAMED', 'MARKED', 'CAME_BACK', 'MERGED', 'SPLIT'));

-- Jobs that ask whether something is fixed, the latest first.
create index jobs_that_ask on jobs (position) where question is not null;
