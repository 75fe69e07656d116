package dev.assent.shop.soak;

/** Who dies. */
enum Victim {
    LEADER,
    FOLLOWER,
    /** All nodes at once, and the store that lives in them. */
    COORDINATORS,
    RELAY,
    BROKER,
    ORDER,
    INVENTORY,
    PAYMENT,
    SHIPPING,
    /** The server of the order service's database. */
    DATABASE_1,
    /** The server of all others. */
    DATABASE_2
}
