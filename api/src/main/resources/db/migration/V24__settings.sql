-- What is other than usual in a job's machines, as the API takes it; null for nothing. Batches have it in their schedules.
alter table jobs add column setting jsonb;
