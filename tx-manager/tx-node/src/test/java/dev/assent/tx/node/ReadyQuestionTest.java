package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that does not answer, or late, asked by many. */
@Timeout(240)
class ReadyQuestionTest {
    /** As Kubernetes asks if nobody says otherwise. */
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final List<CompletableFuture<Optional<String>>> questions = new ArrayList<>();
    private final SettableClock clock = new SettableClock();
    private final ReadyQuestion ready = new ReadyQuestion(this::ask, clock, 1);

    private CompletableFuture<Optional<String>> ask() {
        CompletableFuture<Optional<String>> question = new CompletableFuture<>();
        questions.add(question);
        return question;
    }

    @Test
    void one_question_is_under_way_for_all_and_who_asks_hears_soon_that_nothing_is_known() {
        assertThat(ready.obstacle()).isPresent().get().asString().contains("was not answered within 1 ms");
        assertThat(ready.obstacle()).isPresent();
        assertThat(questions).hasSize(1);
    }

    @Test
    void what_was_known_a_moment_ago_counts_while_the_next_answer_is_late() {
        assertThat(ready.obstacle()).isPresent();
        questions.get(0).complete(Optional.empty());

        assertThat(ready.obstacle()).isEmpty();
        assertThat(questions).hasSize(2);
        questions.get(1).complete(Optional.of("no quorum"));
        assertThat(ready.obstacle()).hasValue("no quorum");
    }

    @Test
    void a_store_that_needs_two_seconds_is_slow_and_not_away_however_often_it_is_asked() {
        assertThat(ready.obstacle()).as("nothing is known yet").isPresent();
        for (int times = 0; times < 10; times++) {
            clock.advance(Duration.ofMillis(ReadyQuestion.ASKING_MILLIS_MAX));
            questions.get(times).complete(Optional.empty());
            clock.advance(PERIOD.minusMillis(ReadyQuestion.ASKING_MILLIS_MAX));

            assertThat(ready.obstacle()).as("time " + times).isEmpty();
        }
        assertThat(questions).hasSize(11);
    }

    @Test
    void a_store_that_goes_away_is_told_by_the_next_question_and_what_was_known_counts_for_its_time_only() {
        assertThat(ready.obstacle()).isPresent();
        questions.get(0).complete(Optional.empty());
        clock.advance(PERIOD);
        assertThat(ready.obstacle()).as("the answer may still come").isEmpty();
        clock.advance(Duration.ofMillis(ReadyQuestion.ASKING_MILLIS_MAX));
        questions.get(1).complete(Optional.of("the store has not answered"));

        assertThat(ready.obstacle()).hasValue("the store has not answered");
        clock.advance(Duration.ofMillis(ReadyQuestion.KNOWN_MILLIS));
        assertThat(ready.obstacle()).isPresent().get().asString().contains("slow or away");
        questions.get(2).complete(Optional.empty());
        assertThat(ready.obstacle()).as("it is back").isEmpty();
    }

    @Test
    void a_question_that_fails_is_an_obstacle() {
        ReadyQuestion failing =
                new ReadyQuestion(() -> CompletableFuture.failedStage(new IllegalStateException("planted")), clock);

        assertThat(failing.obstacle()).isPresent().get().asString().contains("planted");
    }
}
