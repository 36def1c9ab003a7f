-- Schema version 4: what a service needs. Manifests are found by their names, and whoever asks
-- twice for one stamp gets one.

CREATE INDEX records_urn ON records (manifest_urn);

-- Which stamp was promised to whoever asked under a key of their own. Not a part of the log, and it
-- can be deleted: a key counts for some days.
CREATE TABLE claims (
    key      BLOB PRIMARY KEY CHECK (length(key) = 32),
    request  BLOB NOT NULL CHECK (length(request) = 32),
    stamp_id TEXT NOT NULL UNIQUE CHECK (length(stamp_id) = 24),
    created  TEXT NOT NULL,
    claimed  TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX claims_claimed ON claims (claimed);
