package dev.assent.shop.planted.platform;

import org.apache.zookeeper.ZooKeeper;

/** Has a client of the store's library of its own. */
public final class TalksToTheStore {
    long session(ZooKeeper client) {
        return client.getSessionId();
    }
}
