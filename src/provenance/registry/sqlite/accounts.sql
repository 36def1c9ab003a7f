-- Schema version 2: personal data, and who read it.

-- Apart from the log and without append-only triggers: it can be deleted, as the law may ask.
-- Sealed under a key that is not in this file, and bound to its stamp (provenance.accounts).
CREATE TABLE accounts (
    stamp_id TEXT PRIMARY KEY REFERENCES records (stamp_id),
    sealed   BLOB NOT NULL
) WITHOUT ROWID;

-- One line of a hash chain (provenance.hashchain) for each time that an account was asked for.
CREATE TABLE accesses (
    n    INTEGER PRIMARY KEY CHECK (n >= 0),
    line BLOB NOT NULL
);

CREATE TRIGGER accesses_update BEFORE UPDATE ON accesses
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER accesses_delete BEFORE DELETE ON accesses
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER accesses_insert BEFORE INSERT ON accesses
WHEN NEW.n IS NOT (SELECT coalesce(max(n) + 1, 0) FROM accesses)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
