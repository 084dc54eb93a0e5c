-- Who did what. A row is written in the transaction of what was done.
create table trail (
    position bigint generated always as identity primary key,
    at timestamptz not null,
    act text not null,
    subject text,
    caller text not null,
    caller_id text,
    address text not null,
    detail text,
    -- What the caller was answered. Null while that is not known, and for ever if the process died before.
    status integer
);
create index trail_by_act on trail (act, position desc);
create index trail_by_caller on trail (caller, position desc);
create index trail_by_subject on trail (subject, position desc);
create index trail_by_time on trail (at);
