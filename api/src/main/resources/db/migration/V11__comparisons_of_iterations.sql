-- A failing iteration beside a passing one: ordered and worked as replays are.
alter table replays drop constraint replays_mode_check;
alter table replays add constraint replays_mode_check
    check (mode in ('LOG', 'VERIFY', 'CHECKPOINTS', 'DIVERGENCE', 'ADJACENT'));

create index replays_of_mode on replays (failure_id, mode, position);
