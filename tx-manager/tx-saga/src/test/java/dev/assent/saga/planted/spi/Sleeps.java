package dev.assent.saga.planted.spi;

/** Sleeps, and looks around. */
final class Sleeps {
    private Sleeps() {}

    static void sleepAsToldOutside() throws InterruptedException {
        Thread.sleep(Long.parseLong(System.getProperty("planted.millis")));
    }
}
