package dev.assent.tx.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LaneTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final CountDownLatch letGo = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        letGo.countDown();
    }

    private String hang() {
        try {
            assertThat(letGo.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "called";
    }

    private static CompletableFuture<String> call(Lane lane) {
        return lane.call(() -> "called", why -> "not called: " + why, why -> "broken off: " + why)
                .toCompletableFuture();
    }

    @Test
    void a_resource_that_hangs_fills_its_own_lane_and_no_other() {
        Lane hung = new Lane("hung", new Lane.Limits(2, 1));
        Lane healthy = new Lane("healthy", new Lane.Limits(1, 1));
        List<CompletableFuture<String>> held = new ArrayList<>();
        for (int call = 0; call < 3; call++) {
            held.add(hung.call(this::hang, why -> "not called: " + why, why -> "broken off: " + why)
                    .toCompletableFuture());
        }

        assertThat(call(hung))
                .isCompletedWithValueMatching(answer -> answer.startsWith("not called: ")
                        && answer.contains("resource hung")
                        && answer.contains("the 2 threads of its lane 'hung'")
                        && answer.contains("1 calls wait"));
        assertThat(hung.offer(() -> {})).isFalse();
        assertThat(hung.ask(() -> "answer").toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IOException.class)
                .withMessageContaining("resource hung does not keep up");
        assertThat(call(healthy)).succeedsWithin(SOON).isEqualTo("called");
        assertThat(held).noneMatch(CompletableFuture::isDone);
        letGo.countDown();
        assertThat(held)
                .allSatisfy(answer -> assertThat(answer).succeedsWithin(SOON).isEqualTo("called"));
    }

    @Test
    void a_call_that_a_bug_ends_is_answered_as_broken_off() {
        Lane lane = new Lane("buggy", Lane.Limits.DEFAULT);

        CompletableFuture<String> answer = lane.<String>call(
                        () -> {
                            throw new NoClassDefFoundError("a driver that is not there");
                        },
                        why -> "not called: " + why,
                        why -> "broken off: " + why)
                .toCompletableFuture();

        assertThat(answer).succeedsWithin(SOON).asString().startsWith("broken off: resource buggy failed");
        assertThat(call(lane)).succeedsWithin(SOON).isEqualTo("called");
    }

    @Test
    void without_a_thread_to_run_it_a_call_is_answered_and_the_limit_is_named() {
        Lane lane = new Lane("orders", Lane.Limits.DEFAULT, work -> new Thread(work) {
            @Override
            public synchronized void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });

        assertThat(call(lane))
                .isCompletedWithValueMatching(answer -> answer.startsWith("not called: ")
                        && answer.contains("lane 'orders'")
                        && answer.contains("ulimit -u"));
    }

    @Test
    void threads_carry_the_name_of_their_resource() {
        Lane lane = new Lane("orders", Lane.Limits.DEFAULT);

        assertThat(lane.ask(() -> Thread.currentThread().getName()).toCompletableFuture())
                .succeedsWithin(SOON)
                .isEqualTo("assent-lane-orders-1");
        assertThat(lane.ask(() -> Thread.currentThread().isDaemon()).toCompletableFuture())
                .succeedsWithin(SOON)
                .isEqualTo(true);
    }
}
