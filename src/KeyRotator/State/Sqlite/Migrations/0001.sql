-- Times are UTC ticks, enum members their names, flags 0 or 1, lists compact JSON.

CREATE TABLE installation (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  id TEXT NOT NULL,
  salt BLOB NOT NULL
) STRICT;

CREATE TABLE key_status (
  key_id TEXT NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL,
  version INTEGER NOT NULL,
  fingerprint TEXT,
  first_seen_at INTEGER,
  foreign_change_at INTEGER,
  state TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  code TEXT,
  hint TEXT,
  http_status INTEGER,
  verdict_since INTEGER,
  checked_at INTEGER,
  probed_at INTEGER,
  proven_verdict TEXT NOT NULL,
  proven_reason TEXT NOT NULL,
  proven_hint TEXT,
  proven_at INTEGER,
  inconclusive_since INTEGER,
  wrong_endpoint_since INTEGER,
  accepted_at INTEGER,
  rejected_since INTEGER,
  rejections INTEGER NOT NULL,
  last_rejection_at INTEGER,
  expires_at INTEGER,
  expiry_source TEXT NOT NULL,
  file_expiry INTEGER,
  declared_expiry INTEGER,
  waiting_expiry INTEGER,
  account TEXT,
  models TEXT,
  model_list TEXT,
  locations TEXT,
  defect TEXT NOT NULL,
  foreign_format TEXT,
  is_missing INTEGER NOT NULL,
  next_check_at INTEGER,
  is_unread INTEGER NOT NULL -- whether a location could not be read
) STRICT;

CREATE INDEX key_status_due ON key_status (next_check_at, key_id);
CREATE INDEX key_status_fingerprint ON key_status (fingerprint);
CREATE INDEX key_status_window ON key_status (provider, probed_at);
CREATE INDEX key_status_unread ON key_status (key_id) WHERE is_unread;

CREATE TABLE key_version (
  key_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  expires_at INTEGER,
  expiry_source TEXT NOT NULL,
  state TEXT NOT NULL,
  superseded_at INTEGER,
  proven_dead_at INTEGER,
  PRIMARY KEY (key_id, sequence)
) STRICT;

CREATE INDEX key_version_fingerprint ON key_version (fingerprint);

CREATE TABLE key_transition (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  FOREIGN KEY (key_id, sequence) REFERENCES key_version (key_id, sequence) ON DELETE CASCADE
) STRICT;

CREATE INDEX key_transition_version ON key_transition (key_id, sequence);

CREATE TABLE check_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  http_status INTEGER NOT NULL, -- 0: no answer
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  checks INTEGER NOT NULL,
  is_newest INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX check_run_newest ON check_run (key_id) WHERE is_newest;
CREATE INDEX check_run_key ON check_run (key_id, id);
CREATE INDEX check_run_ended ON check_run (to_at) WHERE NOT is_newest;

CREATE TABLE finding (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  version INTEGER NOT NULL,
  mark TEXT NOT NULL,
  severity TEXT NOT NULL,
  message TEXT NOT NULL,
  rung INTEGER,
  opened_at INTEGER NOT NULL,
  resolved_at INTEGER,
  held_until INTEGER,
  remind_at INTEGER
) STRICT;

CREATE UNIQUE INDEX finding_open ON finding (subject_kind, subject, reason, version, mark) WHERE resolved_at IS NULL;
CREATE INDEX finding_past ON finding (subject_kind, subject) WHERE resolved_at IS NOT NULL;
CREATE INDEX finding_reason ON finding (reason) WHERE resolved_at IS NULL;
CREATE INDEX finding_remind ON finding (remind_at) WHERE resolved_at IS NULL AND remind_at IS NOT NULL;
CREATE INDEX finding_held ON finding (held_until) WHERE resolved_at IS NULL AND held_until IS NOT NULL;
CREATE INDEX finding_resolved ON finding (resolved_at) WHERE resolved_at IS NOT NULL;

-- No foreign key to finding: a message outlives the finding that it tells of.
CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  finding_id INTEGER,
  channel TEXT NOT NULL,
  occasion TEXT NOT NULL,
  alert TEXT NOT NULL,
  enqueued_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,     -- not before, the next attempt, or the end of a lease
  gathers INTEGER NOT NULL,    -- whether it waits for others, to be told in one digest
  held_until INTEGER NOT NULL, -- 0: not held
  fence INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  outcome TEXT,
  finished_at INTEGER,
  http_status INTEGER,
  error TEXT,
  UNIQUE (finding_id, channel, occasion)
) STRICT;

CREATE INDEX outbox_waiting ON outbox (channel, sequence) WHERE finished_at IS NULL;
CREATE INDEX outbox_order ON outbox (finding_id, channel, sequence) WHERE finished_at IS NULL;
CREATE INDEX outbox_due ON outbox (due_at) WHERE finished_at IS NULL;
CREATE INDEX outbox_gathers ON outbox (channel) WHERE finished_at IS NULL AND gathers = 1;
CREATE INDEX outbox_held ON outbox (held_until) WHERE finished_at IS NULL AND held_until > 0;
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;

-- Which findings a digest tells of.
CREATE TABLE outbox_digest (
  finding_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  sequence INTEGER NOT NULL REFERENCES outbox (sequence) ON DELETE CASCADE,
  PRIMARY KEY (finding_id, channel, sequence)
) STRICT;

CREATE INDEX outbox_digest_sequence ON outbox_digest (sequence);

CREATE TABLE channel_status (
  channel TEXT NOT NULL PRIMARY KEY,
  last_delivered_at INTEGER,
  failing_since INTEGER,
  consecutive_failures INTEGER NOT NULL,
  last_error TEXT,
  disabled_at INTEGER
) STRICT;

CREATE TABLE instance_status (
  provider TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT, -- what is asked under that name, as a digest
  first_accepted_at INTEGER,
  control_at INTEGER,
  control_accepted INTEGER NOT NULL,
  unreachable_passes INTEGER NOT NULL,
  unreachable_since INTEGER,
  recovered_at INTEGER,
  hold_since INTEGER,
  not_before INTEGER
) STRICT;

CREATE TABLE model_list (
  digest TEXT NOT NULL PRIMARY KEY,
  ids TEXT NOT NULL
) STRICT;

-- Keys that stores' tags name. Whether they count is the file's to say.
CREATE TABLE discovered_key (
  key_id TEXT NOT NULL PRIMARY KEY,
  store TEXT NOT NULL,
  name TEXT NOT NULL,
  field TEXT NOT NULL, -- empty: the whole secret
  provider TEXT NOT NULL,
  is_tagged INTEGER NOT NULL, -- whether a tag named the provider, and not the value's format
  environment TEXT,
  owner TEXT,
  expires_on TEXT,  -- a day
  expires_for TEXT, -- first digits of the one fingerprint that the day is about
  listing INTEGER NOT NULL, -- the last one that it was seen in
  gone_since INTEGER
) STRICT;

CREATE UNIQUE INDEX discovered_key_place ON discovered_key (store, name, field);
CREATE INDEX discovered_key_unseen ON discovered_key (store, listing) WHERE gone_since IS NULL;

CREATE TABLE discovery (
  store TEXT NOT NULL PRIMARY KEY,
  query TEXT NOT NULL,      -- what is looked for
  listing INTEGER NOT NULL, -- number of the last one begun; what an earlier one still writes is refused
  next_at INTEGER NOT NULL, -- when another one may begin; while one runs, when it counts as dead
  revision INTEGER NOT NULL -- grows whenever a key of the store is another
) STRICT;

-- How many requests went to each store since counting began.
CREATE TABLE store_usage (
  store TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL,
  reads INTEGER NOT NULL,
  lists INTEGER NOT NULL,
  writes INTEGER NOT NULL
) STRICT;
