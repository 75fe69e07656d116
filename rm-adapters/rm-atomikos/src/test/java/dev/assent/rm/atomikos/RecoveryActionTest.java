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
class RecoveryActionTest {
    private static final long NOW = 1_000;

    private final KnownDecisions table =
            new KnownDecisions(List.of(decision("inherited", NOW * 2)), List.of(), Set.of("unreadable"));

    @Test
    void an_undecided_branch_is_aborted_only_as_an_orphan() {
        assertThat(decide("none", false)).isEqualTo(new RecoveryAction.Wait());
        assertThat(decide("none", true)).isEqualTo(new RecoveryAction.Abort("none"));
    }

    @Test
    void a_transaction_with_an_unreadable_record_is_not_ended_and_not_claimed() {
        assertThat(decide("unreadable", true)).isEqualTo(new RecoveryAction.Wait());
        assertThat(table.claimAbort("unreadable")).isFalse();
    }

    @Test
    void an_inherited_decision_is_carried_out_at_once() {
        assertThat(decide("inherited", true)).isEqualTo(new RecoveryAction.Commit("inherited"));
    }

    @Test
    void a_living_coordinator_is_left_its_decision_until_it_expires() {
        decide(decision("fresh", NOW * 2));
        decide(decision("expired", NOW / 2));

        assertThat(decide("fresh", true)).isEqualTo(new RecoveryAction.Wait());
        assertThat(decide("expired", false)).isEqualTo(new RecoveryAction.Commit("expired"));
    }

    @Test
    void a_decision_without_an_answer_is_neither_carried_out_nor_contradicted() {
        assertThat(table.claimCommit(decision("pending", 1))).isEqualTo(KnownDecisions.Claim.GRANTED);
        assertThat(table.claimCommit(decision("unknown", 1))).isEqualTo(KnownDecisions.Claim.GRANTED);
        table.unresolved("unknown");

        assertThat(decide("pending", true)).isEqualTo(new RecoveryAction.Wait());
        assertThat(decide("unknown", true)).isEqualTo(new RecoveryAction.Wait());
        assertThat(table.claimAbort("pending")).isFalse();
        assertThat(table.claimAbort("unknown")).isFalse();
    }

    @Test
    void a_refused_decision_is_aborted_at_once() {
        assertThat(table.claimCommit(decision("refused", 1))).isEqualTo(KnownDecisions.Claim.GRANTED);
        table.refused("refused");

        assertThat(decide("refused", false)).isEqualTo(new RecoveryAction.Abort("refused"));
    }

    @Test
    void a_transaction_whose_vote_was_refused_is_aborted_at_once() {
        assertThat(table.claimVote(vote("refused", "tcp://elsewhere"))).isEqualTo(KnownDecisions.Claim.GRANTED);
        table.voteRefused("refused");

        assertThat(decide("refused", false)).isEqualTo(new RecoveryAction.Abort("refused"));
        assertThat(table.claimVote(vote("refused", "tcp://elsewhere")))
                .isEqualTo(KnownDecisions.Claim.ABORTED_BY_RECOVERY);
    }

    @Test
    void whoever_claims_first_wins() {
        assertThat(table.claimAbort("a")).isTrue();
        assertThat(table.claimCommit(decision("a", 1))).isEqualTo(KnownDecisions.Claim.ABORTED_BY_RECOVERY);

        assertThat(table.claimCommit(decision("b", 1))).isEqualTo(KnownDecisions.Claim.GRANTED);
        assertThat(table.claimAbort("b")).isFalse();
    }

    @Test
    void a_foreign_superior_is_waited_for() {
        table.voted(new PendingTransactionRecord("imported", TxState.IN_DOUBT, 1, "elsewhere", "tcp://elsewhere"));

        assertThat(decide("imported", true)).isEqualTo(new RecoveryAction.Wait());
    }

    @Test
    void a_subtransaction_goes_the_way_of_its_superior_at_any_depth() {
        table.voted(vote("child", "middle"));
        table.voted(vote("middle", "inherited"));
        table.voted(vote("lost", "nobody"));

        assertThat(decide("child", false)).isEqualTo(new RecoveryAction.Commit("inherited"));
        assertThat(decide("lost", true)).isEqualTo(new RecoveryAction.Abort("nobody"));
    }

    @Test
    void superiors_in_a_circle_end_nothing() {
        table.voted(vote("x", "y"));
        table.voted(vote("y", "x"));

        assertThat(decide("x", true)).isEqualTo(new RecoveryAction.Wait());
    }

    @Test
    void the_table_takes_no_more_decisions_than_its_limit() {
        for (int i = 1; i < KnownDecisions.DECISIONS_MAX; i++) {
            assertThat(table.claimCommit(decision("d" + i, 1))).isEqualTo(KnownDecisions.Claim.GRANTED);
        }

        assertThat(table.claimCommit(decision("one more", 1))).isEqualTo(KnownDecisions.Claim.FULL);
    }

    private RecoveryAction decide(String id, boolean orphan) {
        return RecoveryAction.decide(id, table.view(), "shop", NOW, at -> orphan);
    }

    private void decide(PendingTransactionRecord entry) {
        assertThat(table.claimCommit(entry)).isEqualTo(KnownDecisions.Claim.GRANTED);
        table.committed(entry.id);
    }

    private static PendingTransactionRecord decision(String id, long expires) {
        return new PendingTransactionRecord(id, TxState.COMMITTING, expires, "shop");
    }

    private static PendingTransactionRecord vote(String id, String superior) {
        return new PendingTransactionRecord(id, TxState.IN_DOUBT, 1, "shop", superior);
    }
}
