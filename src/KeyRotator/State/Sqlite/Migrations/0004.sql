-- What operators decide about keys, what is known of an old key that came back to life, and how far the audit was verified.

CREATE TABLE key_suspension (
  key_id TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER
) STRICT;

CREATE INDEX key_suspension_until ON key_suspension (until) WHERE until IS NOT NULL;

ALTER TABLE rotation ADD COLUMN revived_at INTEGER; -- when the old key was accepted after it was proven dead

CREATE TABLE audit_proof (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  sequence INTEGER NOT NULL, -- the last row that was verified
  hash TEXT NOT NULL,
  whole_at INTEGER NOT NULL  -- when the whole chain was gone along last
) STRICT;

-- A watch goes on beside a replacement: whoever rotates a key must not forget the older one that is still being seen out. A key has one live
-- replacement, and one live watch for each older key.

DROP INDEX rotation_live;
CREATE UNIQUE INDEX rotation_live ON rotation (key_id) WHERE ended_at IS NULL AND kind <> 'Watch';
CREATE UNIQUE INDEX rotation_watch ON rotation (key_id, old_fingerprint) WHERE ended_at IS NULL AND kind = 'Watch';

-- Rotations that wait: for their time, for somebody else's approval. The value itself waits in a store, never here.

ALTER TABLE rotation ADD COLUMN account TEXT;                         -- of who handed it in: the system's account and host
ALTER TABLE rotation ADD COLUMN operator TEXT;                        -- and the operator whose token was given
ALTER TABLE rotation ADD COLUMN due_at INTEGER;
ALTER TABLE rotation ADD COLUMN lapses_at INTEGER;
ALTER TABLE rotation ADD COLUMN approvals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rotation ADD COLUMN approved_by TEXT;
ALTER TABLE rotation ADD COLUMN approved_at INTEGER;

CREATE INDEX rotation_lapse ON rotation (lapses_at) WHERE ended_at IS NULL AND lapses_at IS NOT NULL;
CREATE INDEX rotation_location_held ON rotation_location (retry_at) WHERE ordinal = -2;

-- What a rotation does at a location's store beside the value, and since when the provider is asked about the old key.

ALTER TABLE rotation ADD COLUMN asked_at INTEGER;
ALTER TABLE rotation_location ADD COLUMN pin TEXT NOT NULL DEFAULT 'None';
ALTER TABLE rotation_location ADD COLUMN purge TEXT NOT NULL DEFAULT 'None';
ALTER TABLE rotation_location ADD COLUMN mark TEXT NOT NULL DEFAULT 'None';
ALTER TABLE rotation_location ADD COLUMN read_days TEXT NOT NULL DEFAULT '';  -- ours, yyyy-MM-dd, with spaces between
ALTER TABLE rotation_location ADD COLUMN read_by_others_on INTEGER;          -- midnight of that day
ALTER TABLE rotation_location ADD COLUMN readers_seen_at INTEGER;

-- Whether another open rotation needs a version.
CREATE INDEX rotation_location_secret ON rotation_location (store, name);
