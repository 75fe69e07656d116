package dev.assent.coordination.planted.server;

/** Planted: a sleep. */
final class Sleeps {
    void nap() throws InterruptedException {
        Thread.sleep(1);
    }
}
