-- What was counted of each part of a strategy; the parts' meaning follows from the job's strategy.
create table arms (
    job_id     uuid not null references jobs,
    number     integer not null check (number >= 0),
    batches    bigint not null,
    iterations bigint not null,
    failures   bigint not null,
    primary key (job_id, number)
);

alter table batches add column arm integer not null default 0;
alter table batches add column place bigint; -- the first one of it, where a strategy goes through places

-- Until now only random had arms: one for each of its shifts, by first appearance.
update batches set arm = chosen.arm
from (select b.id, (select min(each.nth) - 1 from jsonb_array_elements(j.strategy -> 'shifts') with ordinality as each (shift, nth)
                    where each.shift = b.schedule -> 'shift') as arm
      from batches b join jobs j on j.id = b.job_id
      where j.strategy ->> 'kind' = 'random') chosen
where chosen.id = batches.id and chosen.arm > 0;

insert into arms (job_id, number, batches, iterations, failures)
select b.job_id, b.arm, count(*), sum(b.iterations_run), count(f.id)
from batches b left join failures f on f.batch_id = b.id
where b.state = 'COMPLETED'
group by b.job_id, b.arm;

create table comparisons (
    id         uuid primary key,
    position   bigint generated always as identity unique,
    version    integer not null,
    job_id     uuid not null references jobs, -- which it was asked of
    first_id   uuid not null references jobs,
    second_id  uuid not null references jobs,
    confidence double precision not null,
    created_at timestamptz not null
);

alter table jobs add column places_planned bigint not null default 0;
alter table jobs add column remainders jsonb not null default '[]'; -- places of batches that ended at a failure: [{place, count}]
alter table jobs add column stop_rate_below jsonb; -- {rate, confidence}
alter table jobs add column question jsonb; -- "is it fixed?"
alter table jobs add column comparison_id uuid;
alter table jobs add column counted_at timestamptz; -- when a batch was counted last

create index jobs_of_comparison on jobs (comparison_id) where comparison_id is not null;

alter table jobs drop constraint jobs_stop_reason_check;
alter table jobs add constraint jobs_stop_reason_check
    check (stop_reason in ('FAILURES', 'ITERATIONS', 'SCHEDULES', 'WALL_TIME', 'RATE_BELOW'));
