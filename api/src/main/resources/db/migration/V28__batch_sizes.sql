-- What a job has found out of the size of its batches, where nobody chose it: see BatchSize. Jobs from before have theirs chosen.
alter table jobs
    add column most_per_batch         integer not null default 10000000,
    add column finds_iterations       boolean not null default false,
    add column finds_reports          boolean not null default false,
    add column iteration_nanos        double precision not null default 0,
    add column iteration_instructions double precision not null default 0;
-- How often the agent reports. Null for batches from before, where it is as the job says.
alter table batches add column report_every integer;
