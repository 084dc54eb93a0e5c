-- A machine may run a replay or a trace instead of a batch, as its worker has always said. Null, as of older rows: none.
alter table workers
    add column replays jsonb,
    add column traces  jsonb;
