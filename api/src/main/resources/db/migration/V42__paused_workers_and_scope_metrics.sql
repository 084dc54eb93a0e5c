-- Why a worker begins nothing new, in its words. Null while it does.
alter table workers add column paused text;

alter table access_tokens
    drop constraint access_tokens_scope_check,
    add constraint access_tokens_scope_check check (scope in ('METRICS', 'READ', 'SUBMIT', 'ADMIN'));
