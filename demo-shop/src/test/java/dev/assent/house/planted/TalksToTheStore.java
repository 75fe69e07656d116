package dev.assent.house.planted;

import org.apache.zookeeper.ZooKeeper;

/** Has a client of the store's library of its own. */
public final class TalksToTheStore {
    long session(ZooKeeper client) {
        return client.getSessionId();
    }
}
