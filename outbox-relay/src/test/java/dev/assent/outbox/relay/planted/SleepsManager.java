package dev.assent.outbox.relay.planted;

/** Sleeps, reads a system property, and has a name that says nothing. */
final class SleepsManager {
    void nap() throws InterruptedException {
        Thread.sleep(Long.getLong("nap", 1));
        System.getProperty("nap");
    }
}
