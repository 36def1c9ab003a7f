-- Schema version 1: the same tables as SQLite's version 3. Times are UTC text that sorts
-- ("2026-01-31T12:00:00.000000Z"), hashes of pictures lower-case hex, hashes of the log 32 bytes.

CREATE TABLE log (
    id     integer PRIMARY KEY CHECK (id = 1),
    origin text COLLATE "C" NOT NULL
);

-- An index to the signed manifests in stores; the leaf in nodes binds both.
CREATE TABLE records (
    leaf_index    bigint PRIMARY KEY CHECK (leaf_index >= 0),
    stamp_id      text COLLATE "C" NOT NULL UNIQUE CHECK (length(stamp_id) = 24),
    manifest_urn  text NOT NULL,
    producer      bigint NOT NULL,
    producer_name text NOT NULL,
    model         text NOT NULL,
    model_version text NOT NULL,
    model_number  integer NOT NULL,
    created       text COLLATE "C" NOT NULL,
    recorded      text COLLATE "C" NOT NULL,
    sha256        text COLLATE "C" NOT NULL CHECK (length(sha256) = 64),
    format        text NOT NULL,
    pdq           text COLLATE "C" NOT NULL CHECK (length(pdq) = 64),
    pdq_quality   integer NOT NULL,
    lattice       text NOT NULL,
    parent        text
);
CREATE INDEX records_recorded ON records (recorded);

-- Apart from records, so that listing those does not read megabytes of manifests.
CREATE TABLE stores (
    leaf_index bigint PRIMARY KEY REFERENCES records (leaf_index),
    store      bytea NOT NULL
);
ALTER TABLE stores ALTER COLUMN store SET STORAGE EXTERNAL; -- signed bytes do not compress

-- Entries of the same log as the records.
CREATE TABLE revocations (
    leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
    stamp_id   text COLLATE "C" NOT NULL UNIQUE REFERENCES records (stamp_id),
    revoked    text COLLATE "C" NOT NULL,
    reason     text NOT NULL,
    since      text COLLATE "C"
);

-- The hash of every complete subtree; level 0 are the leaves (provenance.registry.log).
CREATE TABLE nodes (
    level    integer NOT NULL,
    position bigint NOT NULL,
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
);

-- The checkpoint written with each entry, so that an audit can say where history was changed.
CREATE TABLE heads (
    size bigint PRIMARY KEY CHECK (size > 0),
    note text NOT NULL
);

CREATE TABLE models (
    producer bigint NOT NULL,
    number   integer NOT NULL CHECK (number BETWEEN 1 AND 65535),
    model    text COLLATE "C" NOT NULL,
    version  text COLLATE "C" NOT NULL,
    PRIMARY KEY (producer, number)
);
-- By digest: a model's name may be longer than a key of an index. Two names that a producer made
-- collide are refused, which harms nobody else.
CREATE UNIQUE INDEX models_name ON models (producer, md5(model), md5(version));

-- Personal data. Apart from the log and without append-only triggers: it can be deleted, as the law
-- may ask. Sealed under a key that is not in this database (provenance.accounts).
CREATE TABLE accounts (
    stamp_id text COLLATE "C" PRIMARY KEY REFERENCES records (stamp_id),
    sealed   bytea NOT NULL
);

-- One line of a hash chain (provenance.hashchain) for each time that an account was asked for.
CREATE TABLE accesses (
    n    bigint PRIMARY KEY CHECK (n >= 0),
    line bytea NOT NULL
);

-- Append-only. Triggers stop the tables' owner too, and whoever was granted too much.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'log', 'records', 'stores', 'revocations', 'nodes', 'heads', 'models', 'accesses'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
             FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END $$;

-- An entry stands at the end of the log or nowhere.
CREATE FUNCTION check_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.leaf_index <> (SELECT coalesce(max(size), 0) FROM heads) THEN
        RAISE EXCEPTION 'append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER at_the_end BEFORE INSERT ON records FOR EACH ROW EXECUTE FUNCTION check_end();
CREATE TRIGGER at_the_end BEFORE INSERT ON revocations FOR EACH ROW EXECUTE FUNCTION check_end();

REVOKE ALL ON ALL TABLES IN SCHEMA provenance FROM PUBLIC;

-- Nobody may change what is there, its owner included.
REVOKE UPDATE, DELETE, TRUNCATE
    ON log, records, stores, revocations, nodes, heads, models, accesses FROM CURRENT_USER;
REVOKE UPDATE, TRUNCATE ON accounts FROM CURRENT_USER;
