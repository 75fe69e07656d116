package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class WritingStatementsTest {
    private static final String WRITES = "INSERT INTO here";
    private static final String SEEMS_TO = "INSERT INTO elsewhere";

    private final WritingStatements statements = new WritingStatements();

    @Test
    void what_was_refuted_is_not_believed_again_though_it_is_seen_with_an_id() {
        statements.seenWithId(Set.of(WRITES, SEEMS_TO));
        assertThat(statements.tellAnId(Set.of(SEEMS_TO))).isTrue();

        statements.refuted(Set.of(SEEMS_TO));
        statements.seenWithId(Set.of(WRITES, SEEMS_TO));

        assertThat(statements.tellAnId(Set.of(SEEMS_TO))).isFalse();
        assertThat(statements.tellAnId(Set.of(WRITES))).isTrue();
    }

    @Test
    void what_is_long_is_not_kept() {
        String longest = "x".repeat(WritingStatements.CHARS_MAX);

        statements.seenWithId(Set.of(longest, longest + "x"));

        assertThat(statements.tellAnId(Set.of(longest))).isTrue();
        assertThat(statements.tellAnId(Set.of(longest + "x"))).isFalse();
    }

    @Test
    void once_no_more_of_what_was_refuted_can_be_kept_nothing_new_is_believed() {
        statements.seenWithId(Set.of(WRITES));
        for (int number = 0; number < WritingStatements.TEXTS_MAX; number++) {
            statements.refuted(Set.of(SEEMS_TO + number));
        }

        statements.refuted(Set.of(SEEMS_TO));
        statements.seenWithId(Set.of(SEEMS_TO));

        assertThat(statements.tellAnId(Set.of(SEEMS_TO))).isFalse();
        assertThat(statements.tellAnId(Set.of(WRITES))).isTrue();
    }
}
