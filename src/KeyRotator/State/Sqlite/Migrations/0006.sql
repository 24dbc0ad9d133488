-- Work that several processes share, and queries that PostgreSQL understands too.

-- Which part of the keys a key belongs to: 0 to 255, a stable hash of its id. Rows from before are in 0 until they are written again.
ALTER TABLE key_status ADD COLUMN bucket INTEGER NOT NULL DEFAULT 0;

-- What each job did, whichever process ran it.
CREATE TABLE job_status (
  job TEXT NOT NULL PRIMARY KEY,
  successes INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  succeeded_at INTEGER,
  failed_at INTEGER,
  duration INTEGER NOT NULL -- ticks of its last run
) STRICT;

-- A flag is asked for as a flag: PostgreSQL does not compare it with a number.
DROP INDEX outbox_group;
DROP INDEX outbox_group_due;
CREATE INDEX outbox_group ON outbox (channel, group_key) WHERE finished_at IS NULL AND gathers;
CREATE INDEX outbox_group_due ON outbox (due_at) WHERE finished_at IS NULL AND gathers;
