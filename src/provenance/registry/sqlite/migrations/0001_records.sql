-- Schema version 1. Times are UTC text that sorts ("2026-01-31T12:00:00.000000Z"), hashes of
-- pictures lower-case hex, hashes of the log 32 bytes. leaf_index counts records from 0.

CREATE TABLE log (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    origin TEXT NOT NULL
);

-- An index to the signed manifests in `stores`; the leaf in `nodes` binds both.
CREATE TABLE records (
    leaf_index    INTEGER PRIMARY KEY CHECK (leaf_index >= 0),
    stamp_id      TEXT NOT NULL UNIQUE CHECK (length(stamp_id) = 24),
    manifest_urn  TEXT NOT NULL,
    producer      INTEGER NOT NULL,
    producer_name TEXT NOT NULL,
    model         TEXT NOT NULL,
    model_version TEXT NOT NULL,
    model_number  INTEGER NOT NULL,
    created       TEXT NOT NULL,
    recorded      TEXT NOT NULL,
    sha256        TEXT NOT NULL CHECK (length(sha256) = 64),
    format        TEXT NOT NULL,
    pdq           TEXT NOT NULL CHECK (length(pdq) = 64),
    pdq_quality   INTEGER NOT NULL,
    lattice       TEXT NOT NULL,
    parent        TEXT
);

-- Apart from `records`, so that listing those does not read megabytes of manifests.
CREATE TABLE stores (
    leaf_index INTEGER PRIMARY KEY REFERENCES records (leaf_index),
    store      BLOB NOT NULL
);

-- The hash of every complete subtree; level 0 are the leaves (provenance.registry.log).
CREATE TABLE nodes (
    level    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
) WITHOUT ROWID;

-- The checkpoint written with each record, so that an audit can say where history was changed.
CREATE TABLE heads (
    size INTEGER PRIMARY KEY CHECK (size > 0),
    note TEXT NOT NULL
);

CREATE TABLE models (
    producer INTEGER NOT NULL,
    number   INTEGER NOT NULL CHECK (number BETWEEN 1 AND 65535),
    model    TEXT NOT NULL,
    version  TEXT NOT NULL,
    PRIMARY KEY (producer, number),
    UNIQUE (producer, model, version)
) WITHOUT ROWID;

-- Append-only. INSERT OR REPLACE deletes without firing delete triggers, hence the third kind.

CREATE TRIGGER log_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_insert BEFORE INSERT ON log
WHEN EXISTS (SELECT 1 FROM log)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER records_update BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER records_delete BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER records_insert BEFORE INSERT ON records
WHEN NEW.leaf_index IS NOT (SELECT coalesce(max(leaf_index) + 1, 0) FROM records)
    OR EXISTS (SELECT 1 FROM records WHERE stamp_id = NEW.stamp_id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER stores_update BEFORE UPDATE ON stores BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER stores_delete BEFORE DELETE ON stores BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER stores_insert BEFORE INSERT ON stores
WHEN EXISTS (SELECT 1 FROM stores WHERE leaf_index = NEW.leaf_index)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER nodes_update BEFORE UPDATE ON nodes BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER nodes_delete BEFORE DELETE ON nodes BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER nodes_insert BEFORE INSERT ON nodes
WHEN EXISTS (SELECT 1 FROM nodes WHERE level = NEW.level AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER heads_update BEFORE UPDATE ON heads BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heads_delete BEFORE DELETE ON heads BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heads_insert BEFORE INSERT ON heads
WHEN EXISTS (SELECT 1 FROM heads WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER models_update BEFORE UPDATE ON models BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER models_delete BEFORE DELETE ON models BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER models_insert BEFORE INSERT ON models
WHEN EXISTS (
    SELECT 1 FROM models WHERE producer = NEW.producer
    AND (number = NEW.number OR (model = NEW.model AND version = NEW.version))
)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
