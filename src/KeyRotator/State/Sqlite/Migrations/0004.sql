-- A watch goes on beside a replacement: whoever rotates a key must not forget the older one that is still being seen out. A key has one live
-- replacement, and one live watch for each older key.

DROP INDEX rotation_live;
CREATE UNIQUE INDEX rotation_live ON rotation (key_id) WHERE ended_at IS NULL AND kind = 'Replacement';
CREATE UNIQUE INDEX rotation_watch ON rotation (key_id, old_fingerprint) WHERE ended_at IS NULL AND kind = 'Watch';
