-- A message is about one piece of work, whatever its kind.
alter table outbox rename column batch_id to work_id;
update outbox set work_id = coalesce(work_id, replay_id, trace_id);
alter table outbox
    alter column work_id set not null,
    drop column replay_id,
    drop column trace_id;

-- What a worker's machines run is one list, in "running"; each entry says its kind.
alter table workers
    drop column replays,
    drop column traces;
