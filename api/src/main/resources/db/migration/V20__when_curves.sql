-- How likely a failure is from points further and further back: ordered and worked as replays are.
alter table replays drop constraint replays_mode_check;
alter table replays add constraint replays_mode_check
    check (mode in ('LOG', 'VERIFY', 'CHECKPOINTS', 'DIVERGENCE', 'ADJACENT', 'WHEN'));

alter table replays add column points integer check (points between 2 and 30);
alter table replays add constraint replays_points_of_when check ((mode = 'WHEN') = (points is not null));
