-- What was reported after a job's end: counted, and known to be beyond its stop rule. Older rows do not tell.
alter table jobs
    add column iterations_beyond bigint not null default 0,
    add column failures_beyond   bigint not null default 0;
alter table failures add column beyond_stop_rule boolean not null default false;
