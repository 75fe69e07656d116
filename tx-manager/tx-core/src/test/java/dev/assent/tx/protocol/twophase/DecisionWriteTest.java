package dev.assent.tx.protocol.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Decision;
import org.junit.jupiter.api.Test;

class DecisionWriteTest {
    private static final DecisionInput LOST = new DecisionInput.ConnectionLost("reset");
    private static final DecisionInput BACK = new DecisionInput.Reconnected();
    private static final DecisionInput ABSENT = new DecisionInput.Absent();
    private static final DecisionInput FENCED = new DecisionInput.EpochRefused();

    private static DecisionCommand after(DecisionInput... inputs) {
        DecisionWrite write = new DecisionWrite();
        DecisionCommand command = write.begin();
        assertThat(command).isEqualTo(new DecisionCommand.Create());
        for (DecisionInput input : inputs) {
            command = write.step(input);
        }
        return command;
    }

    private static DecisionCommand concluded(CommitResult result) {
        return new DecisionCommand.Conclude(result);
    }

    @Test
    void applied_is_written() {
        assertThat(after(new DecisionInput.Applied())).isEqualTo(concluded(new CommitResult.Written()));
    }

    @Test
    void a_lost_connection_concludes_nothing_and_the_record_is_read_after_reconnecting() {
        assertThat(after(LOST)).isEqualTo(new DecisionCommand.AwaitConnection());
        assertThat(after(LOST, BACK)).isEqualTo(new DecisionCommand.SyncAndRead());
        assertThat(after(LOST, BACK, new DecisionInput.Found(Decision.COMMIT)))
                .isEqualTo(concluded(new CommitResult.Written()));
        assertThat(after(LOST, BACK, ABSENT)).isEqualTo(new DecisionCommand.Create());
    }

    @Test
    void refused_by_the_epoch_and_absent_is_fenced_when_every_attempt_was_answered() {
        assertThat(after(FENCED)).isEqualTo(new DecisionCommand.SyncAndRead());
        assertThat(after(FENCED, ABSENT)).isEqualTo(concluded(new CommitResult.Fenced()));
        assertThat(after(FENCED, LOST, BACK, ABSENT)).isEqualTo(concluded(new CommitResult.Fenced()));
    }

    @Test
    void refused_by_the_epoch_after_an_unanswered_attempt_is_unknown() {
        assertThat(after(LOST, BACK, ABSENT, FENCED, ABSENT))
                .isInstanceOfSatisfying(DecisionCommand.Conclude.class, end -> assertThat(end.result())
                        .isInstanceOf(CommitResult.Unknown.class));
    }

    @Test
    void a_record_that_was_there_first_is_obeyed() {
        assertThat(after(new DecisionInput.RecordExists(), new DecisionInput.Found(Decision.ABORT)))
                .isEqualTo(concluded(new CommitResult.Aborted()));
        assertThat(after(
                        LOST, BACK, ABSENT, new DecisionInput.RecordExists(), new DecisionInput.Found(Decision.COMMIT)))
                .isEqualTo(concluded(new CommitResult.Written()));
    }
}
