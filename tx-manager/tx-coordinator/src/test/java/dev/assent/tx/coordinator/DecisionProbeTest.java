package dev.assent.tx.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DecisionProbeTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final EpochRef EPOCH = new EpochRef(new EpochKey(Authority.SHARD_2PC, 0, 0), 1);
    private static final EpochRef NEXT = new EpochRef(new EpochKey(Authority.SHARD_2PC, 0, 0), 2);

    private final List<CompletableFuture<Optional<String>>> questions = new ArrayList<>();
    private long nanos;
    private final DecisionProbe probe = new DecisionProbe(this::asked, new Clock() {
        @Override
        public long epochMillis() {
            return 0;
        }

        @Override
        public long nanos() {
            return nanos;
        }
    });

    private CompletableFuture<Optional<String>> asked(EpochRef epoch) {
        CompletableFuture<Optional<String>> question = new CompletableFuture<>();
        questions.add(question);
        return question;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void however_often_health_is_asked_the_store_is_asked_once_in_a_while() {
        for (int check = 0; check < 1_000; check++) {
            CompletableFuture<Optional<String>> answer = probe.obstacle(EPOCH, LONG);
            questions.get(0).complete(Optional.empty());
            assertThat(answer).isCompletedWithValue(Optional.empty());
        }
        assertThat(questions).hasSize(1);

        pass(DecisionProbe.FRESH);
        assertThat(probe.obstacle(EPOCH, LONG)).isNotDone();
        assertThat(questions).hasSize(2);
    }

    @Test
    void a_proof_does_not_stand_for_ever() {
        CompletableFuture<Optional<String>> first = probe.obstacle(EPOCH, LONG);
        questions.get(0).complete(Optional.empty());
        assertThat(first).isCompletedWithValue(Optional.empty());

        pass(DecisionProbe.FRESH);
        CompletableFuture<Optional<String>> second = probe.obstacle(EPOCH, LONG);
        questions.get(1).complete(Optional.of("full"));

        assertThat(second).isCompletedWithValue(Optional.of("full"));
    }

    @Test
    void a_store_that_does_not_answer_collects_no_questions_and_is_told_in_time() {
        assertThat(probe.obstacle(EPOCH, Duration.ofMillis(1)))
                .succeedsWithin(LONG)
                .isEqualTo(Optional.of("the store does not answer within 1 ms"));
        pass(LONG);

        assertThat(probe.obstacle(EPOCH, LONG)).isNotDone();

        assertThat(questions).hasSize(1);
    }

    @Test
    void the_proof_of_one_epoch_says_nothing_of_the_next() {
        CompletableFuture<Optional<String>> one = probe.obstacle(EPOCH, LONG);
        questions.get(0).complete(Optional.empty());
        assertThat(one).isCompletedWithValue(Optional.empty());

        assertThat(probe.obstacle(NEXT, LONG)).isNotDone();

        assertThat(questions).hasSize(2);
    }

    @Test
    void a_question_that_fails_is_an_obstacle() {
        CompletableFuture<Optional<String>> answer = probe.obstacle(EPOCH, LONG);
        questions.get(0).completeExceptionally(new IllegalStateException("closed"));

        assertThat(answer).isCompletedWithValue(Optional.of("the store cannot be asked: closed"));
    }
}
