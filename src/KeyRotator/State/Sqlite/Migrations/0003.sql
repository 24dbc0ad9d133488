-- Every act that changed something. Rows are added only, each tied to the one before it by its hash; old ones go only behind a checkpoint
-- row that carries the chain on. The triggers guard against mistakes, the hashes against more.

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,  -- from 1, without gaps
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  how TEXT NOT NULL,
  act TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target TEXT NOT NULL,
  rotation_id INTEGER,           -- no reference: the row outlives it
  reason TEXT,
  outcome TEXT NOT NULL,
  old_fingerprint TEXT,          -- first 12 digits
  new_fingerprint TEXT,
  checkpoint_sequence INTEGER,   -- rows up to there are gone
  checkpoint_hash TEXT,
  hash TEXT NOT NULL
) STRICT;

CREATE INDEX audit_target ON audit (target_kind, target, sequence);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_checkpoint ON audit (checkpoint_sequence) WHERE checkpoint_sequence IS NOT NULL;

CREATE TRIGGER audit_gapless BEFORE INSERT ON audit
WHEN NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM audit), 0)
BEGIN
  SELECT RAISE(ABORT, 'the audit has no gaps');
END;

CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'rows of the audit are never changed');
END;

CREATE TRIGGER audit_kept BEFORE DELETE ON audit
WHEN OLD.sequence > coalesce((SELECT max(checkpoint_sequence) FROM audit WHERE checkpoint_sequence IS NOT NULL), 0)
BEGIN
  SELECT RAISE(ABORT, 'rows of the audit go behind a checkpoint only');
END;
