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
