-- The share of a traced plan's first interrupts that were seen to land on their very instruction; null where it was not told.
alter table traces add column exact double precision;
