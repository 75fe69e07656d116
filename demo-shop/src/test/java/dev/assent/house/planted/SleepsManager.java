package dev.assent.house.planted;

/** Sleeps, reads the environment, holds state for the whole process, and has a name that says nothing. */
public final class SleepsManager {
    @SuppressWarnings("NonFinalStaticField")
    private static int naps;

    private SleepsManager() {}

    static int nap() throws InterruptedException {
        Thread.sleep(Long.parseLong(System.getenv("NAP") + System.getProperty("nap", "1")));
        return ++naps;
    }
}
