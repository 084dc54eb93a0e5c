-- Who may call the API. Of a token only its hash is kept: 256 random bits, so that a plain SHA-256 cannot be turned round.
create table access_tokens (
    id                uuid primary key,
    position          bigint generated always as identity unique,
    version           integer not null,
    name              text not null,
    hash              text not null unique check (hash ~ '^[0-9a-f]{64}$'),
    scope             text not null check (scope in ('READ', 'SUBMIT', 'ADMIN')),
    most_running_jobs integer check (most_running_jobs >= 0), -- null: as the settings have it
    most_iterations   bigint check (most_iterations >= 0),
    created_by        text not null,
    created_at        timestamptz not null,
    expires_at        timestamptz not null,
    revoked_at        timestamptz
);

alter table jobs add column owner text; -- who submitted it, as limits count: null where nobody had to say
alter table jobs add column submitted_by text; -- the same for people
create index jobs_of_owner on jobs (owner) where state in ('QUEUED', 'RUNNING');
