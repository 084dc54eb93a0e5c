-- What lists of failures and of crashes can be narrowed to: an index for each, in the lists' order.

create index failures_by_outcome on failures (outcome, position);
create index failures_by_replay on failures (replay, position);
create index failures_by_outcome_and_replay on failures (outcome, replay, position);

-- Parts of what is shown of a failure: what its guest's kernel said, and where that said nothing the agent's reason.
create index failures_by_part_of_words on failures using gin (lower(coalesce(title, reason)) gin_trgm_ops);

create index crashes_on_target on crash_targets (target_id, crash_id);
