package dev.assent.tx.planted.coordinator;

import dev.assent.store.StoreCode;
import dev.assent.tx.planted.store.SomeStore;
import org.apache.zookeeper.KeeperException;

/** Breaks: no sleep, no settings outside Main, no ZooKeeper, no client of it outside the store, no store but by its contracts. */
public final class LooksAround {
    private LooksAround() {}

    /** Reads a system property where it must not. */
    public static String setting() {
        return System.getProperty("user.name", "");
    }

    static String home() {
        return System.getenv("HOME") + SomeStore.address();
    }

    static StoreCode answer() {
        return StoreCode.OK;
    }

    static KeeperException.Code nap() throws InterruptedException {
        Thread.sleep(0);
        return KeeperException.Code.OK;
    }
}
