-- Schema version 3: a single record can be revoked.

-- Entries of the same log as the records, so that leaf_index now counts both.
CREATE TABLE revocations (
    leaf_index INTEGER PRIMARY KEY CHECK (leaf_index >= 0),
    stamp_id   TEXT NOT NULL UNIQUE REFERENCES records (stamp_id),
    revoked    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    since      TEXT
);

CREATE TRIGGER revocations_update BEFORE UPDATE ON revocations
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER revocations_delete BEFORE DELETE ON revocations
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER revocations_insert BEFORE INSERT ON revocations
WHEN NEW.leaf_index IS NOT (SELECT coalesce(max(size), 0) FROM heads)
    OR EXISTS (SELECT 1 FROM revocations WHERE stamp_id = NEW.stamp_id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- The next place in the log is no longer the one after the last record.
DROP TRIGGER IF EXISTS records_insert;
CREATE TRIGGER records_insert BEFORE INSERT ON records
WHEN NEW.leaf_index IS NOT (SELECT coalesce(max(size), 0) FROM heads)
    OR EXISTS (SELECT 1 FROM records WHERE stamp_id = NEW.stamp_id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
