-- What the guest said after its failure against the protocol; null when nothing.
alter table failures add column note text;
