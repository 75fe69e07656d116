package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that does not answer, asked by many. */
@Timeout(240)
class ReadyQuestionTest {
    private final List<CompletableFuture<Optional<String>>> questions = new ArrayList<>();
    private final ReadyQuestion ready = new ReadyQuestion(this::ask, Clock.SYSTEM, 1);

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
    void a_question_that_fails_is_an_obstacle() {
        ReadyQuestion failing = new ReadyQuestion(
                () -> CompletableFuture.failedStage(new IllegalStateException("planted")), Clock.SYSTEM);

        assertThat(failing.obstacle()).isPresent().get().asString().contains("planted");
    }
}
