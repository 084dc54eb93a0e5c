-- A job's row changes with every report on its batches, a batch's row two or three times. Room in their pages keeps those changes from
-- growing every index, where they touch no indexed column.
alter table jobs set (fillfactor = 50);
alter table arms set (fillfactor = 50);
alter table workers set (fillfactor = 50);
alter table batches set (fillfactor = 85);

-- The outbox is empty most of the time, and all that was ever in it is dead rows: so clean by their number, not by their share.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
