-- Alerts that are told together, once, and not while somebody looks after it.

ALTER TABLE finding ADD COLUMN acked_at INTEGER;  -- since when somebody looks after it
ALTER TABLE finding ADD COLUMN acked_by TEXT;
ALTER TABLE finding ADD COLUMN acked_until INTEGER;
ALTER TABLE finding ADD COLUMN ack_reason TEXT;

CREATE INDEX finding_acked ON finding (acked_until) WHERE resolved_at IS NULL AND acked_until IS NOT NULL;

-- What nobody wants to hear of for a while.
CREATE TABLE silence (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  matchers TEXT NOT NULL, -- JSON
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  ended_at INTEGER,       -- before its time
  ended_by TEXT
) STRICT;

CREATE INDEX silence_live ON silence (until) WHERE ended_at IS NULL;

-- Messages that gather: what is told together, and how soon.
ALTER TABLE outbox ADD COLUMN group_key TEXT;
ALTER TABLE outbox ADD COLUMN ready_at INTEGER NOT NULL DEFAULT 0;    -- not told before, alone or with others
ALTER TABLE outbox ADD COLUMN group_every INTEGER NOT NULL DEFAULT 0; -- least time between two messages of the group
ALTER TABLE outbox ADD COLUMN silence_id INTEGER;                     -- the silence that it waits for

UPDATE outbox SET group_key = 'first-pass' WHERE finished_at IS NULL AND gathers = 1;

-- What is claimed stands by itself, also beside very many that gather. Nobody asks what is due or held next.
DROP INDEX outbox_waiting;
DROP INDEX outbox_due;
DROP INDEX outbox_held;
DROP INDEX outbox_gathers;
CREATE INDEX outbox_waiting ON outbox (channel, gathers, sequence) WHERE finished_at IS NULL;
CREATE INDEX outbox_group ON outbox (channel, group_key) WHERE finished_at IS NULL AND gathers = 1;
CREATE INDEX outbox_group_due ON outbox (due_at) WHERE finished_at IS NULL AND gathers = 1;
CREATE INDEX outbox_silenced ON outbox (silence_id) WHERE finished_at IS NULL AND silence_id IS NOT NULL;

CREATE TABLE alert_group (
  channel TEXT NOT NULL,
  group_key TEXT NOT NULL,
  told_at INTEGER NOT NULL,
  PRIMARY KEY (channel, group_key)
) STRICT;

CREATE INDEX alert_group_told ON alert_group (told_at);

-- Which incident of a receiver a finding belongs to: its own, or that of those it was told with.
CREATE TABLE alert_incident (
  channel TEXT NOT NULL,
  finding_id INTEGER NOT NULL,
  incident TEXT NOT NULL,
  PRIMARY KEY (channel, finding_id)
) STRICT;

CREATE INDEX alert_incident_members ON alert_incident (channel, incident);

-- What is known of attempts: whether the receiver may have the message although nobody knows.
ALTER TABLE outbox ADD COLUMN in_flight INTEGER NOT NULL DEFAULT 0;   -- an attempt began and its end was not recorded
ALTER TABLE outbox ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;      -- an attempt ended without the receiver's word

-- Of attempts made before this nobody knows more than that they were made.
UPDATE outbox SET unsure = 1 WHERE attempts > 0 AND outcome IS NOT 'Delivered';

CREATE INDEX outbox_digest_waiting ON outbox (sequence) WHERE finished_at IS NULL AND finding_id IS NULL;

-- How many messages were dropped for want of room, since there was room.
ALTER TABLE channel_status ADD COLUMN gave_way INTEGER NOT NULL DEFAULT 0;

-- The sign of life to a watchdog elsewhere.
CREATE TABLE heartbeat (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  tried_at INTEGER NOT NULL,
  succeeded_at INTEGER,
  failing_since INTEGER,
  error TEXT
) STRICT;

-- What receivers that keep state themselves were told, so that they are told of its end too.
CREATE TABLE told_state (
  channel TEXT NOT NULL,
  identity TEXT NOT NULL,
  finding TEXT NOT NULL,  -- JSON
  ended_at INTEGER,       -- since when they are told that it is over
  PRIMARY KEY (channel, identity)
) STRICT;

-- Two processes queue one state a minute.
CREATE UNIQUE INDEX outbox_state ON outbox (channel, occasion)
  WHERE finding_id IS NULL AND occasion >= 'state-' AND occasion < 'state.';
