package dev.assent.tx.planted.coordinator;

import org.apache.zookeeper.KeeperException;

/** Breaks: no sleep, no settings outside Main, no ZooKeeper outside the store. */
public final class LooksAround {
    private LooksAround() {}

    /** Reads a system property where it must not. */
    public static String setting() {
        return System.getProperty("user.name", "");
    }

    static String home() {
        return String.valueOf(System.getenv("HOME"));
    }

    static KeeperException.Code nap() throws InterruptedException {
        Thread.sleep(0);
        return KeeperException.Code.OK;
    }
}
