package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Completion;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseTransactionTest {
    private final XaResourceManager away = new XaResourceManager("orders", () -> {
        throw new SQLException("connection refused");
    });
    private final DatabaseTransaction witness = new DatabaseTransaction(away);

    /** Or else the next absence would be explained by a telling that found nothing to end. */
    @Test
    void a_branch_that_is_gone_while_the_database_cannot_tell_how_counts_as_not_told() {
        witness.is("00000001:4711");

        assertThat(witness.afterCommit(new Completion.NotKnown())).isInstanceOf(Completion.Unsent.class);
        assertThat(witness.afterRollback(new Completion.NotKnown())).isInstanceOf(Completion.Unsent.class);
    }

    @Test
    void without_a_name_nothing_is_asked() {
        assertThat(witness.afterCommit(new Completion.NotKnown())).isEqualTo(new Completion.NotKnown());
        assertThat(witness.afterRollback(new Completion.NotKnown())).isEqualTo(new Completion.NotKnown());
    }

    @Test
    void an_answer_about_a_branch_that_is_there_stands() {
        witness.is("00000001:4711");
        for (Completion answer : List.of(new Completion.Done(), new Completion.Retry("reset"))) {
            assertThat(witness.afterCommit(answer)).isEqualTo(answer);
            assertThat(witness.afterRollback(answer)).isEqualTo(answer);
        }
    }

    @Test
    void a_commit_whose_answer_was_lost_may_have_been_obeyed() {
        witness.is("00000001:4711");

        assertThat(witness.ended()).isInstanceOf(Completion.Retry.class);
    }
}
