-- When retention took a failure's artifacts away.
alter table failures add column artifacts_removed_at timestamptz;

-- Blobs that nothing may refer to any more: looked at again after a while, and deleted then.
create table retired_blobs (
    digest     text primary key check (digest ~ '^[0-9a-f]{64}$'),
    bytes      bigint not null,
    retired_at timestamptz not null
);

create index retired_blobs_by_age on retired_blobs (retired_at);
create index artifacts_of_digest on artifacts (digest);
create index replay_artifacts_of_digest on replay_artifacts (digest);
