package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.model.TopicState;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class TopicBookTest {
    private static final TopicState OPEN = new TopicState.Open();
    private static final TopicState DOUBTFUL = new TopicState.Doubtful("silent");
    private static final TopicState UNKNOWN = new TopicState.Unknown();
    private static final TopicBook.Answer IS_OPEN = TopicBook.Answer.open(OptionalLong.empty());
    private static final TopicBook.Answer IS_MISSING = TopicBook.Answer.closed("missing");
    private static final int ALL = 100;

    private final TopicBook book = new TopicBook(new TopicLimits(
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            3));
    private long nowNanos = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private void pass(long millis) {
        nowNanos += Duration.ofMillis(millis).toNanos();
    }

    private TopicState state(String topic) {
        return book.stateOf(topic, nowNanos);
    }

    @Test
    void a_topic_never_heard_of_is_unknown_and_asked_for_at_once() {
        assertThat(book.toAsk(nowNanos, ALL)).isEmpty();
        assertThat(state("a")).isEqualTo(UNKNOWN);
        assertThat(book.toAsk(nowNanos, ALL)).containsExactly("a");
    }

    @Test
    void what_the_broker_says_holds_until_it_says_otherwise() {
        state("a");
        book.answered("a", IS_MISSING, nowNanos);
        assertThat(state("a")).isEqualTo(new TopicState.Closed("missing"));
        book.answered("a", TopicBook.Answer.open(OptionalLong.of(1000)), nowNanos);

        assertThat(state("a")).isEqualTo(OPEN);
        assertThat(book.recordBytesMax("a")).hasValue(1000);
    }

    @Test
    void open_and_closed_topics_are_asked_for_again_after_their_times() {
        state("open");
        state("closed");
        book.answered("open", IS_OPEN, nowNanos);
        book.answered("closed", IS_MISSING, nowNanos);

        assertThat(book.toAsk(nowNanos, ALL)).isEmpty();
        pass(1_000);
        assertThat(book.toAsk(nowNanos, ALL)).containsExactly("closed");
        pass(1_000);
        assertThat(book.toAsk(nowNanos, ALL)).containsExactly("closed", "open");
        assertThat(book.toAsk(nowNanos, 1)).containsExactly("open");
    }

    @Test
    void a_silent_broker_changes_nothing_and_is_asked_again_later() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        pass(2_000);
        book.unanswered(List.of("a"), nowNanos);

        assertThat(state("a")).isEqualTo(OPEN);
        assertThat(book.toAsk(nowNanos, ALL)).isEmpty();
        pass(1_000);
        assertThat(book.toAsk(nowNanos, ALL)).containsExactly("a");
    }

    @Test
    void a_topic_that_did_not_answer_to_records_stays_closed_whatever_the_broker_says_and_longer_each_time() {
        for (long closedMillis : List.of(1_000L, 2_000L, 4_000L, 4_000L)) {
            state("a");
            book.blame("a", "silent", nowNanos);
            assertThat(book.toAsk(nowNanos, ALL)).containsExactly("a");
            book.answered("a", IS_OPEN, nowNanos);
            pass(closedMillis - 1);
            assertThat(state("a")).isEqualTo(new TopicState.Closed("silent"));
            pass(1);
            assertThat(state("a")).isEqualTo(DOUBTFUL);
        }
        book.published("a");
        assertThat(state("a")).isEqualTo(OPEN);
        book.blame("a", "silent", nowNanos);
        pass(1_000);
        assertThat(state("a")).isEqualTo(DOUBTFUL);
    }

    @Test
    void whoever_blames_a_topic_that_is_blamed_already_does_not_make_it_wait_longer() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        book.blame("a", "silent", nowNanos);
        pass(500);
        book.blame("a", "silent", nowNanos);
        pass(500);

        assertThat(state("a")).isEqualTo(DOUBTFUL);
    }

    @Test
    void a_topic_that_nothing_is_heard_of_is_closed_after_a_while_and_open_as_soon_as_it_is_said_to_be() {
        assertThat(state("a")).isEqualTo(UNKNOWN);
        pass(499);
        assertThat(state("a")).isEqualTo(UNKNOWN);
        pass(1);
        assertThat(state("a"))
                .isEqualTo(new TopicState.Closed("the broker has not said yet whether topic a takes records"));
        book.answered("a", IS_OPEN, nowNanos);

        assertThat(state("a")).isEqualTo(OPEN);
    }

    @Test
    void an_odd_answer_closes_a_topic_that_nothing_is_known_of_and_leaves_an_open_one_as_it_is() {
        state("new");
        state("open");
        book.answered("open", IS_OPEN, nowNanos);
        book.answered("new", TopicBook.Answer.odd("odd"), nowNanos);
        book.answered("open", TopicBook.Answer.odd("odd"), nowNanos);

        assertThat(state("new")).isEqualTo(new TopicState.Closed("odd"));
        assertThat(state("open")).isEqualTo(OPEN);
    }

    @Test
    void a_topic_that_behaves_oddly_is_asked_for_at_once() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        assertThat(book.toAsk(nowNanos, ALL)).isEmpty();
        book.askSoon(List.of("a", "never heard of"), nowNanos);

        assertThat(book.toAsk(nowNanos, ALL)).containsExactly("a");
    }

    @Test
    void a_blamed_topic_that_turns_out_to_be_missing_does_not_open_with_time() {
        state("a");
        book.blame("a", "silent", nowNanos);
        book.answered("a", IS_MISSING, nowNanos);
        pass(10_000);

        assertThat(state("a")).isEqualTo(new TopicState.Closed("missing"));
    }

    @Test
    void a_topic_not_in_use_is_not_asked_for_but_is_as_soon_as_it_is_used_again() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        pass(60_000);
        assertThat(book.toAsk(nowNanos, ALL)).isEmpty();

        assertThat(state("a")).isEqualTo(OPEN);
        assertThat(book.toAsk(nowNanos, ALL)).containsExactly("a");
    }

    @Test
    void beyond_the_most_topics_the_longest_unused_is_forgotten_then_one_that_takes_no_records() {
        for (String topic : List.of("a", "b", "c")) {
            state(topic);
            book.answered(topic, IS_OPEN, nowNanos);
        }
        assertThat(state("d")).isInstanceOf(TopicState.Closed.class);
        pass(31_000);
        state("b");
        state("c");
        assertThat(state("d")).isEqualTo(UNKNOWN);
        assertThat(book.toAsk(nowNanos, ALL)).containsExactly("b", "c", "d");

        book.answered("b", IS_MISSING, nowNanos);
        assertThat(state("e")).isEqualTo(UNKNOWN);
        book.answered("d", IS_OPEN, nowNanos);
        book.answered("e", IS_OPEN, nowNanos);

        assertThat(state("f")).isInstanceOf(TopicState.Closed.class);
        assertThat(state("c")).isEqualTo(OPEN);
    }

    @Test
    void a_blamed_topic_is_forgotten_last_for_it_would_pass_for_well() {
        for (String topic : List.of("blamed", "b", "c")) {
            state(topic);
            book.answered(topic, IS_OPEN, nowNanos);
        }
        book.blame("blamed", "silent", nowNanos);
        pass(31_000);
        assertThat(state("d")).isEqualTo(UNKNOWN);
        assertThat(state("blamed")).isEqualTo(DOUBTFUL);
    }

    @Test
    void a_topic_that_no_record_was_sent_to_is_not_closed_for_it_however_often() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        for (int times = 0; times < 3; times++) {
            book.blame("a", "silent", nowNanos);
            book.unbegun("a", nowNanos);
            assertThat(state("a")).isEqualTo(OPEN);
        }
    }

    @Test
    void a_topic_that_replicates_late_is_trusted_again_once_in_a_while() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        book.blame("a", "silent", nowNanos);
        book.replicated("a", nowNanos);
        assertThat(state("a")).isEqualTo(OPEN);

        book.blame("a", "silent", nowNanos);
        book.replicated("a", nowNanos);
        assertThat(state("a")).isEqualTo(new TopicState.Closed("silent"));
        pass(60_000);
        assertThat(state("a")).isEqualTo(DOUBTFUL);
        book.replicated("a", nowNanos);
        assertThat(state("a")).isEqualTo(OPEN);
    }

    @Test
    void a_topic_that_nobody_blames_was_not_late() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        book.replicated("a", nowNanos);

        book.blame("a", "silent", nowNanos);
        book.replicated("a", nowNanos);
        assertThat(state("a")).isEqualTo(OPEN);
    }

    @Test
    void what_is_taken_back_is_the_last_blame_only() {
        state("a");
        book.answered("a", IS_OPEN, nowNanos);
        book.blame("a", "silent", nowNanos);
        pass(2_000);
        book.blame("a", "silent", nowNanos);
        book.unbegun("a", nowNanos);

        assertThat(state("a")).isEqualTo(DOUBTFUL);
    }
}
