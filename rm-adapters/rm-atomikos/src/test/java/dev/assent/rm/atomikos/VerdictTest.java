package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;

import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * <pre>
 * what is known of the transaction             | not an orphan | an orphan
 * nothing                                      | wait          | abort
 * an inherited decision                        | commit        | commit
 * a decision of this process, not expired      | wait          | wait
 * a decision of this process, expired          | commit        | commit
 * a decision on its way, or never answered     | wait          | wait
 * an abort of this process                     | abort         | abort
 * a record that nobody here can read           | wait          | wait
 * a vote for a foreign superior                | wait          | wait
 * a vote for a superior of ours                | as the superior
 * </pre>
 */
class VerdictTest {
    private static final long NOW = 1_000;

    private final DecisionTable table =
            new DecisionTable(List.of(decision("inherited", NOW * 2)), List.of(), Set.of("unreadable"));

    @Test
    void an_undecided_branch_is_aborted_only_as_an_orphan() {
        assertThat(judge("none", false)).isEqualTo(new Verdict.Wait());
        assertThat(judge("none", true)).isEqualTo(new Verdict.Abort("none"));
    }

    @Test
    void a_transaction_with_an_unreadable_record_is_not_ended_and_not_claimed() {
        assertThat(judge("unreadable", true)).isEqualTo(new Verdict.Wait());
        assertThat(table.claimAbort("unreadable")).isFalse();
    }

    @Test
    void an_inherited_decision_is_carried_out_at_once() {
        assertThat(judge("inherited", true)).isEqualTo(new Verdict.Commit("inherited"));
    }

    @Test
    void a_living_coordinator_is_left_its_decision_until_it_expires() {
        decide(decision("fresh", NOW * 2));
        decide(decision("expired", NOW / 2));

        assertThat(judge("fresh", true)).isEqualTo(new Verdict.Wait());
        assertThat(judge("expired", false)).isEqualTo(new Verdict.Commit("expired"));
    }

    @Test
    void a_decision_without_an_answer_is_neither_carried_out_nor_contradicted() {
        assertThat(table.claimCommit(decision("pending", 1))).isEqualTo(DecisionTable.Claim.GRANTED);
        assertThat(table.claimCommit(decision("unknown", 1))).isEqualTo(DecisionTable.Claim.GRANTED);
        table.unresolved("unknown");

        assertThat(judge("pending", true)).isEqualTo(new Verdict.Wait());
        assertThat(judge("unknown", true)).isEqualTo(new Verdict.Wait());
        assertThat(table.claimAbort("pending")).isFalse();
        assertThat(table.claimAbort("unknown")).isFalse();
    }

    @Test
    void a_refused_decision_is_aborted_at_once() {
        assertThat(table.claimCommit(decision("refused", 1))).isEqualTo(DecisionTable.Claim.GRANTED);
        table.refused("refused");

        assertThat(judge("refused", false)).isEqualTo(new Verdict.Abort("refused"));
    }

    @Test
    void whoever_claims_first_wins() {
        assertThat(table.claimAbort("a")).isTrue();
        assertThat(table.claimCommit(decision("a", 1))).isEqualTo(DecisionTable.Claim.ABORTED_BY_RECOVERY);

        assertThat(table.claimCommit(decision("b", 1))).isEqualTo(DecisionTable.Claim.GRANTED);
        assertThat(table.claimAbort("b")).isFalse();
    }

    @Test
    void a_foreign_superior_is_waited_for() {
        table.voted(new PendingTransactionRecord("imported", TxState.IN_DOUBT, 1, "elsewhere", "tcp://elsewhere"));

        assertThat(judge("imported", true)).isEqualTo(new Verdict.Wait());
    }

    @Test
    void a_subtransaction_goes_the_way_of_its_superior_at_any_depth() {
        table.voted(vote("child", "middle"));
        table.voted(vote("middle", "inherited"));
        table.voted(vote("lost", "nobody"));

        assertThat(judge("child", false)).isEqualTo(new Verdict.Commit("inherited"));
        assertThat(judge("lost", true)).isEqualTo(new Verdict.Abort("nobody"));
    }

    @Test
    void superiors_in_a_circle_end_nothing() {
        table.voted(vote("x", "y"));
        table.voted(vote("y", "x"));

        assertThat(judge("x", true)).isEqualTo(new Verdict.Wait());
    }

    @Test
    void the_table_takes_no_more_decisions_than_its_limit() {
        for (int i = 1; i < DecisionTable.DECISIONS_MAX; i++) {
            assertThat(table.claimCommit(decision("d" + i, 1))).isEqualTo(DecisionTable.Claim.GRANTED);
        }

        assertThat(table.claimCommit(decision("one more", 1))).isEqualTo(DecisionTable.Claim.FULL);
    }

    private Verdict judge(String id, boolean orphan) {
        return Verdict.judge(id, table.view(), "shop", NOW, at -> orphan);
    }

    private void decide(PendingTransactionRecord entry) {
        assertThat(table.claimCommit(entry)).isEqualTo(DecisionTable.Claim.GRANTED);
        table.committed(entry.id);
    }

    private static PendingTransactionRecord decision(String id, long expires) {
        return new PendingTransactionRecord(id, TxState.COMMITTING, expires, "shop");
    }

    private static PendingTransactionRecord vote(String id, String superior) {
        return new PendingTransactionRecord(id, TxState.IN_DOUBT, 1, "shop", superior);
    }
}
