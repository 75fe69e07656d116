package dev.assent.rm.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionEndsTest {

    @Test
    void comments_between_words_hide_no_end() {
        assertThat(List.of(
                        "PREPARE/**/TRANSACTION 'x'",
                        "prepare /* a /* b */ c */ transaction 'x'",
                        "PREPARE -- now\n TRANSACTION 'x'",
                        "START/* */TRANSACTION; COMMIT"))
                .allMatch(TransactionEnds::mayEnd);
        assertThat(TransactionEnds.commits("PREPARE/**/TRANSACTION 'x'")).isTrue();
        assertThat(TransactionEnds.mayHide("COMMIT; START/**/TRANSACTION")).isTrue();
    }

    @Test
    void what_looks_like_a_comment_inside_a_literal_hides_no_end() {
        assertThat(TransactionEnds.mayEnd("SELECT '/*'; COMMIT; SELECT '*/'")).isTrue();
    }

    @Test
    void other_statements_end_nothing() {
        assertThat(List.of(
                        "SELECT 1 /* nothing */",
                        "ROLLBACK TO SAVEPOINT a",
                        "PREPARE p AS SELECT 1 -- one\n",
                        "UPDATE account SET balance = 1"))
                .noneMatch(TransactionEnds::mayEnd);
    }

    @Test
    void a_commit_alone_is_one_without_anything_else() {
        assertThat(TransactionEnds.isCommitAlone(" COMMIT WORK ; ")).isTrue();
        assertThat(TransactionEnds.isCommitAlone("COMMIT; SELECT 1")).isFalse();
    }
}
