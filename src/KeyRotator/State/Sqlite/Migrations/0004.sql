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
