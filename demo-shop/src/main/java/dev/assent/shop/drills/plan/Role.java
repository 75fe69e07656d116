package dev.assent.shop.drills.plan;

import java.util.Locale;

/** Whom a fault strikes, by what it does in the system; who that is, is looked up when it is struck. */
public enum Role {
    /** The node that coordinates the transactions which are to be cut, or most of them. */
    LEADER,
    /** A node that does not. */
    FOLLOWER,
    /** So many nodes that the others are no majority. */
    QUORUM,
    SERVICE,
    DATABASE,
    RELAY,
    BROKER;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
