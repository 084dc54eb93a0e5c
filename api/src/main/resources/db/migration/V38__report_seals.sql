-- From which the secret of each attempt is derived: who was not sent the attempt's message cannot report on it.
create table report_key (
    only_row boolean primary key default true check (only_row),
    key bytea not null
);
insert into report_key (key) values (sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea));

-- Goes with the message. Null for what was written before.
alter table outbox add column secret bytea;
