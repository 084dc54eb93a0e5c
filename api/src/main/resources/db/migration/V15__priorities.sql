-- Jobs share the machines by these.
alter table jobs add column priority text not null default 'NORMAL' check (priority in ('LOW', 'NORMAL', 'HIGH'));
alter table jobs add column batch_millis bigint; -- mean wall time of its batches of late; null until one was counted
