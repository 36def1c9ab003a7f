-- Schema version 2: the same as SQLite's version 4. Manifests are found by their names, and whoever
-- asks twice for one stamp gets one.

CREATE INDEX records_urn ON records (manifest_urn);

-- Which stamp was promised to whoever asked under a key of their own. Not a part of the log, and it
-- can be deleted: a key counts for some days.
CREATE TABLE claims (
    key      bytea PRIMARY KEY CHECK (length(key) = 32),
    request  bytea NOT NULL CHECK (length(request) = 32),
    stamp_id text COLLATE "C" NOT NULL UNIQUE CHECK (length(stamp_id) = 24),
    created  text COLLATE "C" NOT NULL,
    claimed  text COLLATE "C" NOT NULL
);
CREATE INDEX claims_claimed ON claims (claimed);

REVOKE ALL ON claims FROM PUBLIC;
REVOKE UPDATE, TRUNCATE ON claims FROM CURRENT_USER;
