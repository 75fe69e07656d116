package dev.assent.tx.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedQuestionTest {
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long LOST_NANOS =
            SharedQuestion.LOST_AFTER_PATIENCES * TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);

    private final Deque<Supplier<@Nullable CompletionStage<String>>> answers = new ArrayDeque<>();
    private long nanos;

    @SuppressWarnings("NullAway") // a resource that breaks its promise
    private final SharedQuestion<String> question =
            new SharedQuestion<>(() -> answers.removeFirst().get(), new Clock() {
                @Override
                public long epochMillis() {
                    return 0;
                }

                @Override
                public long nanos() {
                    return nanos;
                }
            });

    private CompletableFuture<String> ask() {
        return question.ask(PATIENCE_MILLIS);
    }

    @Test
    void whoever_asks_while_a_question_is_under_way_shares_its_answer() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        answers.add(() -> answer);
        List<CompletableFuture<String>> asked = List.of(ask(), ask());

        answer.complete("here");

        assertThat(asked).allSatisfy(one -> assertThat(one).isCompletedWithValue("here"));
    }

    @Test
    void an_error_and_no_stage_at_all_fail_the_question_and_the_next_one_is_put() {
        answers.add(() -> {
            throw new NoClassDefFoundError("a driver that is not there");
        });
        answers.add(() -> null);
        answers.add(() -> CompletableFuture.completedFuture("here"));

        assertThat(ask()).isCompletedExceptionally();
        assertThat(ask()).isCompletedExceptionally();
        assertThat(ask()).isCompletedWithValue("here");
    }

    @Test
    void a_question_that_is_never_answered_is_put_anew_and_less_often_each_time() {
        List<CompletableFuture<String>> put = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(() -> {
                put.add(new CompletableFuture<>());
                return put.get(put.size() - 1);
            });
        }
        CompletableFuture<String> first = ask();
        nanos += LOST_NANOS - 1;
        CompletableFuture<String> patient = ask();
        assertThat(put).hasSize(1);

        nanos++;
        CompletableFuture<String> second = ask();
        assertThat(put).hasSize(2);
        nanos += 2 * LOST_NANOS - 1;
        CompletableFuture<String> shared = ask();
        assertThat(put).hasSize(2);
        put.get(1).complete("here");
        assertThat(second).isCompletedWithValue("here");
        assertThat(shared).isCompletedWithValue("here");

        CompletableFuture<String> third = ask();
        nanos += LOST_NANOS;
        CompletableFuture<String> fourth = ask();
        assertThat(put).as("an answer makes it as impatient as at first").hasSize(4);
        assertThat(List.of(first, patient, third, fourth)).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void nobody_waits_longer_than_it_wants_to() {
        answers.add(CompletableFuture::new);

        assertThat(question.ask(1)).failsWithin(Duration.ofMinutes(2));
    }
}
