-- What a consumer needs to have each effect exactly once: PostgreSQL 13 or newer. Every statement may run again.

-- Seen messages, by consumer: two consumers of one database see each message independently.
CREATE TABLE IF NOT EXISTS assent_inbox (
    consumer text        NOT NULL,
    source   text        NOT NULL,
    id       text        NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, source, id)
);

-- How long the topics that are consumed here keep their messages, as their consumers have found out; -1 is for ever. The
-- inbox remembers longer than that.
CREATE TABLE IF NOT EXISTS assent_inbox_window (
    broker       text        NOT NULL,
    topic        text        NOT NULL,
    keeps_millis bigint      NOT NULL,
    told_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (broker, topic)
);

-- Tokens that have been issued and not yet been spent.
CREATE TABLE IF NOT EXISTS assent_token (
    token      uuid        PRIMARY KEY,
    purpose    text        NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Requests that have been answered, with the answer for those who ask again.
CREATE TABLE IF NOT EXISTS assent_request (
    requester    text        NOT NULL,
    token        text        NOT NULL,
    fingerprint  bytea       NOT NULL,
    status       integer,
    content_type text,
    response     bytea,
    asked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (requester, token)
);

-- What the purge goes by. Even "CREATE INDEX IF NOT EXISTS" waits for every open or prepared transaction of a writer, and
-- holds up the others meanwhile; so nothing is touched that is there already.
DO $$ BEGIN
    IF to_regclass('assent_inbox_by_age') IS NULL THEN
        CREATE INDEX assent_inbox_by_age ON assent_inbox (seen_at);
    END IF;
    IF to_regclass('assent_token_by_expiry') IS NULL THEN
        CREATE INDEX assent_token_by_expiry ON assent_token (expires_at);
    END IF;
    IF to_regclass('assent_request_by_age') IS NULL THEN
        CREATE INDEX assent_request_by_age ON assent_request (asked_at);
    END IF;
END $$;
