-- What a guest needs, and what a worker gives one. Null: not known, as of rows that are older, and taken for fitting.
alter table jobs add column guest_bytes bigint;
alter table workers add column largest_guest bigint;

-- How many of the attempts were handed back by workers that could not serve them; they are no attempts.
alter table batches add column handed_back integer not null default 0;
alter table replays add column handed_back integer not null default 0;
alter table traces add column handed_back integer not null default 0;

-- What a worker's cache of snapshots did: by its latest heartbeat, since its process began; and in all, whatever processes it had.
alter table workers add column snapshots jsonb;
alter table workers add column snapshot_hits bigint not null default 0;
alter table workers add column snapshots_fetched bigint not null default 0;
alter table workers add column snapshots_made bigint not null default 0;
