-- What a guest's kernel said of its own trouble: the title without what differs from run to run, and why it is not to be trusted
-- (empty: it is). Both null where the kernel said nothing.
alter table failures add column title text;
alter table failures add column damage text;
