-- Whether a job's guest has more than one CPU, and which of a worker's emulators run such guests. Null: none, as of older workers.
alter table jobs add column several_cpus boolean not null default false;
alter table workers add column several_cpus text;
