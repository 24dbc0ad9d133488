-- Rotations. No value of a key is in any of these: what rolls one forward is read from a location that holds it already.

CREATE TABLE rotation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  key_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  phase TEXT NOT NULL,
  actor TEXT NOT NULL,
  submitted_at INTEGER NOT NULL,
  old_fingerprint TEXT,
  new_fingerprint TEXT NOT NULL,
  is_emergency INTEGER NOT NULL,
  is_old_dead INTEGER NOT NULL,
  waives_proof INTEGER NOT NULL,
  expires_at INTEGER,
  grace INTEGER NOT NULL,        -- ticks
  proven_at INTEGER,
  live_at INTEGER,
  revoked_at INTEGER,
  death_rejections INTEGER NOT NULL,
  death_since INTEGER,
  death_last_at INTEGER,
  alive_at INTEGER,
  next_at INTEGER,
  needs TEXT,
  outcome TEXT,
  ended_at INTEGER,
  fence INTEGER NOT NULL,        -- who holds a lower number writes no more
  leased_until INTEGER NOT NULL  -- 0: nobody works on it
) STRICT;

CREATE UNIQUE INDEX rotation_live ON rotation (key_id) WHERE ended_at IS NULL;
CREATE INDEX rotation_key ON rotation (key_id, id);
CREATE INDEX rotation_due ON rotation (next_at) WHERE ended_at IS NULL;
CREATE INDEX rotation_fingerprint ON rotation (new_fingerprint);

CREATE TABLE rotation_location (
  rotation_id INTEGER NOT NULL REFERENCES rotation (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  store TEXT NOT NULL,
  name TEXT NOT NULL,
  field TEXT,
  step TEXT NOT NULL,
  before TEXT,
  base_version TEXT,
  new_version TEXT,
  token TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  begun_at INTEGER,
  failing_since INTEGER,
  failures INTEGER NOT NULL,
  retry_at INTEGER,
  fault TEXT,
  is_foreign INTEGER NOT NULL,
  foreign_fingerprint TEXT,
  foreign_version TEXT,
  foreign_at INTEGER,
  foreign_by TEXT,
  PRIMARY KEY (rotation_id, ordinal)
) STRICT;

-- What happened, in sentences of ours.
CREATE TABLE rotation_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rotation_id INTEGER NOT NULL REFERENCES rotation (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL
) STRICT;

CREATE INDEX rotation_event_rotation ON rotation_event (rotation_id, id);

-- Writes to one secret come one after the other, whichever rotation they belong to.
CREATE TABLE secret_lock (
  store TEXT NOT NULL,
  name TEXT NOT NULL,
  rotation_id INTEGER NOT NULL REFERENCES rotation (id) ON DELETE CASCADE,
  until INTEGER NOT NULL,
  PRIMARY KEY (store, name)
) STRICT;

CREATE INDEX secret_lock_rotation ON secret_lock (rotation_id);
