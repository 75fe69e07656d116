package dev.assent.shop.demo.parts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.demo.parts.ShopDoor.Experience;
import dev.assent.shop.demo.parts.ShopDoor.Visit;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShopDoorTest {
    private final AtomicLong nanos = new AtomicLong(1);
    private final ShopDoor door = new ShopDoor(nanos::get, new SplittableRandom(1));

    @Test
    void nobody_waits_while_customers_are_served_or_refused() throws InterruptedException {
        door.left(enter(), Experience.SERVED);
        door.left(enter(), Experience.REFUSED);

        assertThat(door.nanosToWait()).isZero();
    }

    @Test
    void after_a_failure_one_customer_tries_and_the_others_wait_for_the_news() throws InterruptedException {
        door.left(enter(), Experience.OUT_OF_ORDER);
        assertThat(door.nanosToWait()).isBetween(millis(50), millis(100));

        nanos.addAndGet(millis(100));
        Visit trying = enter();
        assertThat(door.nanosToWait()).isEqualTo(Long.MAX_VALUE);

        door.left(trying, Experience.SERVED);
        assertThat(door.nanosToWait()).isZero();
    }

    @Test
    void each_failed_try_doubles_the_wait_up_to_a_limit() throws InterruptedException {
        long[] longest = {100, 200, 400, 800, 1_600, 2_000, 2_000};

        for (long millis : longest) {
            door.left(enter(), Experience.OUT_OF_ORDER);
            assertThat(door.nanosToWait()).isBetween(millis(millis / 2), millis(millis));
            nanos.addAndGet(millis(millis));
        }
        for (int more = 0; more < 1_000; more++) {
            door.left(enter(), Experience.OUT_OF_ORDER);
            assertThat(door.nanosToWait()).isBetween(millis(1_000), millis(2_000));
            nanos.addAndGet(millis(2_000));
        }
    }

    @Test
    void several_that_failed_at_the_same_time_are_one_failure() throws InterruptedException {
        Visit first = enter();
        Visit second = enter();
        Visit third = enter();

        door.left(first, Experience.OUT_OF_ORDER);
        door.left(second, Experience.OUT_OF_ORDER);
        assertThat(door.nanosToWait()).isBetween(millis(50), millis(100));

        // It was inside before the door closed, and so knows nothing of what is down now.
        door.left(third, Experience.SERVED);
        assertThat(door.nanosToWait()).isBetween(millis(50), millis(100));
    }

    @Test
    void a_refusal_tells_nothing_so_the_next_one_tries() throws InterruptedException {
        door.left(enter(), Experience.OUT_OF_ORDER);
        nanos.addAndGet(millis(100));

        door.left(enter(), Experience.REFUSED);
        Visit next = enter();

        assertThat(door.nanosToWait()).isEqualTo(Long.MAX_VALUE);
        door.left(next, Experience.OUT_OF_ORDER);
        assertThat(door.nanosToWait()).isBetween(millis(100), millis(200));
    }

    @Test
    void who_waits_is_sent_away_when_the_shop_goes_out_of_business() throws Exception {
        door.left(enter(), Experience.OUT_OF_ORDER);
        CompletableFuture<Boolean> wentIn = new CompletableFuture<>();
        Thread customer = new Thread(() -> {
            try {
                wentIn.complete(door.enter().isPresent());
            } catch (InterruptedException interrupted) {
                wentIn.completeExceptionally(interrupted);
            }
        });
        customer.start();

        door.goOutOfBusiness();

        assertThat(wentIn.get(120, TimeUnit.SECONDS)).isFalse();
    }

    private Visit enter() throws InterruptedException {
        return door.enter().orElseThrow();
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
