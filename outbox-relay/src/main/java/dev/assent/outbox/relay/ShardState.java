package dev.assent.outbox.relay;

/** What a relay instance is doing about a shard that it has a lease on. */
public enum ShardState {
    /** Making its epoch known to the database and to the broker. */
    TAKING_OVER,
    /** Reading and publishing. */
    SERVING,
    /** Serving, while keys wait for topics that take no records. */
    HOLDING,
    /** Waiting for the database or the broker to come back. */
    WAITING,
    /** Done with it; another owner may serve it. */
    ENDED
}
