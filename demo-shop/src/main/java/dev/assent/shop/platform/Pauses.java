package dev.assent.shop.platform;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The steps of a drill are paced by wall-clock time: it watches processes that tell it nothing. */
public final class Pauses {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Pauses() {}

    /** Waits so long. */
    public static void pause(long millis) throws InterruptedException {
        boolean unused = NEVER.await(millis, TimeUnit.MILLISECONDS);
    }
}
