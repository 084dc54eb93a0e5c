-- How the subtests of a batch's last iteration ended; null where the test has none, or none was told of. A failure has those of its own
-- iteration.
alter table batches add column subtests jsonb;
alter table failures add column subtests jsonb;

-- Subtests that were expected to fail and passed: [{subtest, iteration}] in a batch, null for none, and their sums in a job:
-- [{subtest, batches, firstBatch, firstIteration}].
alter table batches add column unexpected_passes jsonb;
alter table jobs add column unexpected_passes jsonb not null default '[]';
