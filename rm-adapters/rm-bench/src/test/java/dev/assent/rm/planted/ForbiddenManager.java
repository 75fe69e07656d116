package dev.assent.rm.planted;

/** A name that says nothing, state for the whole process, settings from nowhere, waiting on luck. */
final class ForbiddenManager {
    @SuppressWarnings({"NonFinalStaticField", "UnusedVariable"})
    private static int calls;

    private ForbiddenManager() {}

    static String setting() {
        calls++;
        return System.getenv("SETTING");
    }

    @SuppressWarnings("ThreadSleepMillis")
    static void wait(int millis) throws InterruptedException {
        Thread.sleep(millis);
    }
}
