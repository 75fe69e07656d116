package dev.assent.admin;

import java.util.Arrays;
import java.util.Optional;

/** All that can be done over the admin API. */
public enum Act {
    /** Items are transactions: their prepared branches end as decided, and ABORT is decided if nothing is. */
    RESOLVE("/api/transactions/resolve"),
    /** Items are transactions: their prepared branches end as decided. */
    RETRY("/api/transactions/retry"),
    /** Items are transactions: what their branches decided by themselves is settled. */
    FORGET("/api/transactions/forget"),
    /** Items are parked keys of the outbox. */
    OUTBOX_RETRY("/api/outbox/retry"),
    /** Items are parked keys of the outbox: the record that stopped one becomes a dead letter. */
    OUTBOX_SKIP("/api/outbox/skip"),
    /** Items are numbers of dead letters. */
    OUTBOX_REPLAY("/api/outbox/replay"),
    /** The item is the node's own name: it hands its shards over, and begins no transaction any more. */
    DRAIN("/api/drain");

    private final String path;

    Act(String path) {
        this.path = path;
    }

    public String path() {
        return path;
    }

    static Optional<Act> at(String path) {
        return Arrays.stream(values()).filter(act -> act.path.equals(path)).findFirst();
    }
}
