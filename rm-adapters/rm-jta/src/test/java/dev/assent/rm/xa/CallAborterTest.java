package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Breaking off must not itself hang: what a driver does with its cancel keeps nobody's connection open. */
class CallAborterTest {
    /** Generous, as machines are busy. */
    private static final Duration SOON = Duration.ofSeconds(60);

    private final CallAborter cutter = new CallAborter("orders");
    private final CountDownLatch letGo = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        letGo.countDown();
    }

    private void hang() {
        try {
            assertThat(letGo.await(5, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void cancels_that_hang_keep_no_connection_from_being_closed() {
        int many = 200;
        CountDownLatch closed = new CountDownLatch(many);
        CompletableFuture<?>[] cuts = new CompletableFuture<?>[many];
        for (int call = 0; call < many; call++) {
            cuts[call] = cutter.cut(this::hang, closed::countDown).toCompletableFuture();
        }

        assertThat(CompletableFuture.allOf(cuts)).succeedsWithin(SOON);
        assertThat(closed.getCount()).isZero();
    }

    @Test
    void a_connection_is_cancelled_before_it_is_closed() {
        List<String> order = new CopyOnWriteArrayList<>();

        assertThat(cutter.cut(() -> order.add("cancel"), () -> order.add("close"))
                        .toCompletableFuture())
                .succeedsWithin(SOON);
        assertThat(order).containsExactly("cancel", "close");
    }

    @Test
    void connections_that_cannot_be_closed_block_nobody_who_asks_for_it() {
        for (int call = 0; call < 5_000; call++) {
            CompletableFuture<Void> unused = cutter.cut(this::hang).toCompletableFuture();
        }

        assertThat(cutter.cut(() -> {}).toCompletableFuture()).isCompletedExceptionally();
    }
}
