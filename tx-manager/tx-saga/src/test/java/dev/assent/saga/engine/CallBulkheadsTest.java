package dev.assent.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.saga.api.InputText;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.StepAnswer;
import dev.assent.saga.spi.StepCalls;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.testing.Eventually;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A step that hangs costs its own calls. */
class CallBulkheadsTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final SagaDefinition<String> definition = SagaDefinition.named("d", 1, InputText.plain())
            .step("hangs", context -> {
                begun.incrementAndGet();
                waitDeafly();
                return "late";
            })
            .step("obeys", context -> {
                begun.incrementAndGet();
                release.await();
                return "";
            })
            .step("works", context -> "fine", context -> {})
            .build();
    private final CallBulkheads bulkheads = new CallBulkheads(List.of(definition), new Bulkhead.Limits(3, 1));

    /** Interrupts do not end it. */
    private void waitDeafly() {
        boolean released = false;
        while (!released) {
            try {
                release.await();
                released = true;
            } catch (InterruptedException ignored) {
                begun.addAndGet(100);
            }
        }
    }

    @AfterEach
    void letGo() {
        release.countDown();
    }

    private StepCalls.Attempt call(String saga, String step, Direction direction) {
        CallKey key = new CallKey(new SagaId(saga), step, direction);
        SagaHeader header =
                new SagaHeader(key.saga(), "d", 1, "", 0, 0, definition.plan().shape());
        return bulkheads.call(new StepCalls.Request(header, key, 1, Map.of()));
    }

    private static StepAnswer get(CompletionStage<StepAnswer> answer) throws Exception {
        return answer.toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    private static String failure(StepCalls.Attempt attempt) throws Exception {
        return ((StepAnswer.Failed) get(attempt.answer())).cause();
    }

    @Test
    void a_call_that_hangs_holds_two_threads_at_most_and_nobody_elses() throws Exception {
        StepCalls.Attempt first = call("one", "hangs", Direction.ACTION);
        call("one", "hangs", Direction.ACTION);

        assertThat(failure(call("one", "hangs", Direction.ACTION))).contains("2 earlier attempts", "hang");
        assertThat(get(call("one", "works", Direction.ACTION).answer())).isEqualTo(new StepAnswer.Done("fine"));
        assertThat(get(call("one", "works", Direction.COMPENSATION).answer())).isEqualTo(new StepAnswer.Done(""));

        release.countDown();
        assertThat(get(first.answer())).isEqualTo(new StepAnswer.Done("late"));
        Eventually.soon("there is room again", () -> {
            try {
                return get(call("one", "hangs", Direction.ACTION).answer()) instanceof StepAnswer.Done;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void calls_beyond_the_bulkhead_wait_and_then_are_answered_at_once() throws Exception {
        for (String saga : List.of("one", "two", "three")) {
            call(saga, "hangs", Direction.ACTION);
        }
        Eventually.soon("all threads hang", () -> begun.get() == 3);
        StepCalls.Attempt waiting = call("four", "hangs", Direction.ACTION);

        assertThat(failure(call("five", "hangs", Direction.ACTION))).contains("is full", "3 calls", "1 wait");

        waiting.giveUp();
        release.countDown();
        assertThat(failure(waiting)).contains("no thread was free");
        assertThat(begun).as("what was given up is not begun").hasValue(3);
    }

    @Test
    void a_call_that_is_given_up_is_interrupted_and_the_thread_is_not() throws Exception {
        StepCalls.Attempt attempt = call("one", "obeys", Direction.ACTION);
        Eventually.soon("it runs", () -> begun.get() == 1);

        attempt.giveUp();

        assertThat(failure(attempt)).contains("InterruptedException");
    }
}
