-- What a job had counted when: a row whenever its iterations or its failures have grown by a twentieth, so some 200 rows for a long job
-- and never many more. Jobs that were counted before have none.
create table job_samples (
    job_id     uuid not null references jobs,
    iterations bigint not null,
    failures   bigint not null,
    at         timestamptz not null,
    primary key (job_id, iterations)
);

-- Infrastructure troubles are listed like everything else.
alter table infrastructure_troubles add column position bigint generated always as identity unique;
create index troubles_of_job on infrastructure_troubles (job_id, position);
create index troubles_of_worker on infrastructure_troubles (worker_id, position);
