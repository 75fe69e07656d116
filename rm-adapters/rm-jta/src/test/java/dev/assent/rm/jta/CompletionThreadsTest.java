package dev.assent.rm.jta;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Connections that go back to two pools.
 *
 * <pre>
 * fault:    giving back to one of them hangs, for more connections than there are threads
 * expected: those of the other go back, and so do those whose callbacks are late
 * </pre>
 */
class CompletionThreadsTest {
    private static final CompletionThreads.Limits LIMITS = new CompletionThreads.Limits(2, 10, 2, Duration.ofMillis(1));

    private final CompletionThreads threads = new CompletionThreads(LIMITS);
    private final CountDownLatch thaw = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        thaw.countDown();
    }

    private void freeze() throws InterruptedException {
        CountDownLatch hang = new CountDownLatch(LIMITS.giveBackThreads());
        for (int connection = 0; connection < 4 * LIMITS.giveBackThreads(); connection++) {
            threads.giveBack(new Held("frozen", () -> {
                hang.countDown();
                await(thaw);
            }));
        }
        await(hang);
    }

    @Test
    void a_pool_that_hangs_keeps_back_no_connection_of_another() throws Exception {
        freeze();
        CountDownLatch back = new CountDownLatch(1);

        threads.giveBack(new Held("well", back::countDown));

        await(back);
    }

    @Test
    void nor_one_whose_callbacks_are_late() throws Exception {
        freeze();
        CountDownLatch back = new CountDownLatch(1);
        KeptResources kept = new KeptResources();
        assertThat(kept.put("key", new Held("well", back::countDown))).isTrue();

        threads.awaitCallbacks("transaction", kept);

        await(back);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Held(String source, Runnable back) implements HeldForWork {
        @Override
        public boolean isOver() {
            return true;
        }

        @Override
        public void giveBack() {
            back.run();
        }
    }
}
