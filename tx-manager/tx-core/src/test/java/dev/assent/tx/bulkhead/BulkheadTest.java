package dev.assent.tx.bulkhead;

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

@Timeout(240)
class BulkheadTest {
    private static final Duration SOON = Duration.ofSeconds(90);

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

    private static CompletableFuture<String> call(Bulkhead bulkhead) {
        return bulkhead.call(() -> "called", why -> "not called: " + why, why -> "broken off: " + why)
                .toCompletableFuture();
    }

    @Test
    void a_resource_that_hangs_fills_its_own_bulkhead_and_no_other() {
        Bulkhead hung = new Bulkhead("hung", new Bulkhead.Limits(2, 1));
        Bulkhead healthy = new Bulkhead("healthy", new Bulkhead.Limits(1, 1));
        List<CompletableFuture<String>> held = new ArrayList<>();
        for (int call = 0; call < 3; call++) {
            held.add(hung.call(this::hang, why -> "not called: " + why, why -> "broken off: " + why)
                    .toCompletableFuture());
        }

        assertThat(call(hung))
                .isCompletedWithValueMatching(answer -> answer.startsWith("not called: ")
                        && answer.contains("resource hung")
                        && answer.contains("the 2 threads of its bulkhead 'hung'")
                        && answer.contains("1 calls wait"));
        assertThat(hung.offer(() -> {})).isFalse();
        assertThat(hung.running()).isEqualTo(2);
        assertThat(hung.waiting()).isEqualTo(1);
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
        Bulkhead bulkhead = new Bulkhead("buggy", Bulkhead.Limits.DEFAULT);

        CompletableFuture<String> answer = bulkhead.<String>call(
                        () -> {
                            throw new NoClassDefFoundError("a driver that is not there");
                        },
                        why -> "not called: " + why,
                        why -> "broken off: " + why)
                .toCompletableFuture();

        assertThat(answer).succeedsWithin(SOON).asString().startsWith("broken off: resource buggy failed");
        assertThat(call(bulkhead)).succeedsWithin(SOON).isEqualTo("called");
    }

    @Test
    void without_a_thread_to_run_it_a_call_is_answered_and_the_limit_is_named() {
        Bulkhead bulkhead = new Bulkhead("orders", Bulkhead.Limits.DEFAULT, work -> new Thread(work) {
            @Override
            public synchronized void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });

        assertThat(call(bulkhead))
                .isCompletedWithValueMatching(answer -> answer.startsWith("not called: ")
                        && answer.contains("bulkhead 'orders'")
                        && answer.contains("ulimit -u"));
    }

    @Test
    void threads_carry_the_name_of_their_resource() {
        Bulkhead bulkhead = new Bulkhead("orders", Bulkhead.Limits.DEFAULT);

        assertThat(bulkhead.ask(() -> Thread.currentThread().getName()).toCompletableFuture())
                .succeedsWithin(SOON)
                .isEqualTo("assent-bulkhead-orders-1");
        assertThat(bulkhead.ask(() -> Thread.currentThread().isDaemon()).toCompletableFuture())
                .succeedsWithin(SOON)
                .isEqualTo(true);
    }
}
