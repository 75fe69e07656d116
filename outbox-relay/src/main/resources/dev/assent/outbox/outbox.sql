-- The outbox: PostgreSQL 13 or newer. Every statement may run again.
-- Append only through assent_outbox_append: it keeps the order per key.

CREATE SEQUENCE IF NOT EXISTS assent_outbox_seq AS bigint CACHE 1;

-- A row of shard n that waits behind its parked key is put on the shelf, out of the way of the others: its shard is then
-- -1 - n. Its number stays, and so does the order of its key.
CREATE TABLE IF NOT EXISTS assent_outbox (
    shard        integer     NOT NULL,
    seq          bigint      NOT NULL,
    key          text        NOT NULL,
    topic        text        NOT NULL,
    id           uuid        NOT NULL,
    source       text        NOT NULL,
    type         text        NOT NULL,
    subject      text,
    content_type text        NOT NULL,
    traceparent  text,
    headers      jsonb,
    payload      bytea       NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (shard, seq)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- One row a shard; the epoch names its owner, and refuses the changes of every earlier one.
CREATE TABLE IF NOT EXISTS assent_outbox_shard (
    shard integer PRIMARY KEY,
    epoch bigint  NOT NULL DEFAULT 0
);

-- Keys whose next record cannot be sent. RETRYING ones are tried again by themselves, HELD ones when their topic takes
-- records again, STOPPED ones wait for an operator; those RESUMING still have rows on the shelf, which go first.
CREATE TABLE IF NOT EXISTS assent_outbox_parked (
    key             text        PRIMARY KEY,
    shard           integer     NOT NULL,
    seq             bigint      NOT NULL,
    failures        integer     NOT NULL,
    state           text        NOT NULL CHECK (state IN ('RETRYING', 'HELD', 'STOPPED', 'RESUMING')),
    next_attempt_at timestamptz NOT NULL,
    reason          text        NOT NULL,
    parked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    topic           text
);

-- Tables of older installations, and indexes. Even "IF NOT EXISTS" takes locks that wait for every open or prepared
-- transaction of a writer, and holds up the others meanwhile; so nothing is touched that is there already.
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'assent_outbox_parked'::regclass
                       AND attname = 'topic' AND NOT attisdropped) THEN
        ALTER TABLE assent_outbox_parked ADD COLUMN topic text;
        ALTER TABLE assent_outbox_parked DROP CONSTRAINT IF EXISTS assent_outbox_parked_state_check;
        ALTER TABLE assent_outbox_parked ADD CONSTRAINT assent_outbox_parked_state_check
            CHECK (state IN ('RETRYING', 'HELD', 'STOPPED', 'RESUMING'));
    END IF;
    IF to_regclass('assent_outbox_shelf') IS NULL THEN
        CREATE INDEX assent_outbox_shelf ON assent_outbox (shard, key, seq) WHERE shard < 0;
    END IF;
    IF to_regclass('assent_outbox_parked_due') IS NULL THEN
        CREATE INDEX assent_outbox_parked_due ON assent_outbox_parked (shard, state, next_attempt_at);
    END IF;
    IF to_regclass('assent_outbox_parked_topic') IS NULL THEN
        CREATE INDEX assent_outbox_parked_topic ON assent_outbox_parked (shard, topic) WHERE topic IS NOT NULL;
    END IF;
END $$;

CREATE TABLE IF NOT EXISTS assent_outbox_dead_letter (
    seq             bigint      PRIMARY KEY,
    key             text        NOT NULL,
    topic           text        NOT NULL,
    id              uuid        NOT NULL,
    source          text        NOT NULL,
    type            text        NOT NULL,
    subject         text,
    content_type    text        NOT NULL,
    traceparent     text,
    headers         jsonb,
    payload         bytea       NOT NULL,
    created_at      timestamptz NOT NULL,
    failures        integer     NOT NULL,
    reason          text        NOT NULL,
    dead_since      timestamptz NOT NULL DEFAULT clock_timestamp(),
    replayed_as_seq bigint
);

-- Locks the key until the transaction ends (a prepared one included), and only then takes a number: so a visible row
-- implies that every lower row of its key committed earlier.
CREATE OR REPLACE FUNCTION assent_outbox_append(
    p_topic text, p_key text, p_id uuid, p_source text, p_type text, p_subject text, p_content_type text,
    p_traceparent text, p_headers jsonb, p_payload bytea) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    hash    bigint := ('x' || substr(md5(convert_to(p_key, 'UTF8')), 1, 16))::bit(64)::bigint;
    shards  bigint;
    new_seq bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hash);
    SELECT count(*) INTO shards FROM assent_outbox_shard;
    IF shards = 0 THEN
        RAISE EXCEPTION 'the outbox has no shards' USING HINT = 'Install its schema: OutboxSchema.install.';
    END IF;
    new_seq := nextval('assent_outbox_seq');
    INSERT INTO assent_outbox (shard, seq, key, topic, id, source, type, subject, content_type, traceparent, headers,
                               payload)
    VALUES (mod(mod(hash, shards) + shards, shards), new_seq, p_key, p_topic, p_id, p_source, p_type, p_subject,
            p_content_type, p_traceparent, p_headers, p_payload);
    RETURN new_seq;
END $$;
