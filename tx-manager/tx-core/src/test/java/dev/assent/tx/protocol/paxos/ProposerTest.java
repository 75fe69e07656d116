package dev.assent.tx.protocol.paxos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a proposer asks, and what it concludes. Three acceptors. */
class ProposerTest {
    private static final AcceptorId A = new AcceptorId(new UUID(0, 1));
    private static final AcceptorId B = new AcceptorId(new UUID(0, 2));
    private static final AcceptorId C = new AcceptorId(new UUID(0, 3));
    private static final AcceptorSet ALL = new AcceptorSet(List.of(A, B, C));
    private static final ProposerId SELF = new ProposerId(new UUID(0, 7));
    private static final ProposerId OTHER = new ProposerId(new UUID(0, 8));
    private static final Ballot MINE = Ballot.first(SELF).next(SELF);

    private final List<ProposerCommand> commands = new ArrayList<>();
    private final Proposer proposer = new Proposer(ALL, SELF, new Backoff(10, 100), commands::add);

    private void answered(AcceptorId from, AcceptorReply reply) {
        proposer.answered(new ProposerInput.AcceptorAnswered(from, reply));
    }

    private void promised(AcceptorId from, Optional<Proposal> accepted) {
        answered(from, new AcceptorReply.Promise(MINE, accepted));
    }

    private List<AcceptorRequest> asked() {
        List<AcceptorRequest> requests = commands.stream()
                .filter(ProposerCommand.AskAcceptor.class::isInstance)
                .map(command -> ((ProposerCommand.AskAcceptor) command).request())
                .toList();
        commands.clear();
        return requests;
    }

    @Test
    void abort_is_proposed_when_a_majority_has_accepted_nothing() {
        proposer.begin();
        assertThat(asked()).hasSize(3).containsOnly(new AcceptorRequest.Prepare(MINE));

        promised(A, Optional.empty());
        assertThat(asked()).isEmpty();
        promised(B, Optional.empty());

        assertThat(asked()).hasSize(3).containsOnly(new AcceptorRequest.Accept(MINE, Decision.ABORT));
    }

    @Test
    void the_value_of_the_highest_ballot_is_proposed_whatever_lower_ones_say() {
        Ballot first = Ballot.first(OTHER);
        proposer.begin();
        asked();

        promised(A, Optional.of(new Proposal(first, Decision.COMMIT)));
        promised(B, Optional.of(new Proposal(new Ballot(0, new ProposerId(new UUID(0, 9))), Decision.ABORT)));

        assertThat(asked()).containsOnly(new AcceptorRequest.Accept(MINE, Decision.ABORT));
    }

    @Test
    void a_value_is_chosen_when_a_majority_has_accepted_it_and_not_before() {
        proposer.proposeFirst(Decision.COMMIT);
        AcceptorReply accepted = new AcceptorReply.Accepted(Ballot.first(SELF), Decision.COMMIT);

        answered(A, accepted);
        answered(A, accepted);
        answered(new AcceptorId(new UUID(5, 5)), accepted);
        assertThat(proposer.chosen()).isEmpty();

        answered(C, accepted);
        assertThat(proposer.chosen()).contains(Decision.COMMIT);
    }

    @Test
    void who_is_outbid_bids_higher_when_its_pause_is_over() {
        Ballot above = new Ballot(4, OTHER);
        proposer.proposeFirst(Decision.COMMIT);
        answered(A, new AcceptorReply.Refused(Ballot.first(SELF), above));
        asked();

        proposer.proposalDue();

        assertThat(asked()).containsOnly(new AcceptorRequest.Prepare(new Ballot(5, SELF)));
    }

    @Test
    void who_is_not_answered_asks_the_silent_ones_again() {
        proposer.begin();
        promised(A, Optional.empty());
        asked();

        proposer.proposalDue();

        assertThat(asked()).hasSize(2).containsOnly(new AcceptorRequest.Prepare(MINE));
    }

    @Test
    void a_promise_for_an_earlier_ballot_counts_for_nothing() {
        proposer.begin();
        answered(A, new AcceptorReply.Refused(MINE, new Ballot(3, OTHER)));
        proposer.proposalDue();
        asked();

        promised(B, Optional.empty());
        promised(C, Optional.empty());

        assertThat(asked()).isEmpty();
    }

    @Test
    void nothing_is_concluded_from_a_majority_that_has_forgotten() {
        proposer.begin();
        answered(A, new AcceptorReply.Forgotten());
        assertThat(proposer.isForgotten()).isFalse();
        answered(B, new AcceptorReply.Forgotten());

        assertThat(proposer.isForgotten()).isTrue();
        assertThat(proposer.chosen()).isEmpty();
    }

    @Test
    void ballot_zero_is_not_used_after_anything_else() {
        proposer.begin();

        assertThatThrownBy(() -> proposer.proposeFirst(Decision.COMMIT)).hasMessageContaining("ballot 0");
    }

    @Test
    void an_even_number_of_acceptors_is_refused() {
        assertThatThrownBy(() -> new AcceptorSet(List.of(A, B))).hasMessageContaining("odd number");
        assertThatThrownBy(() -> new AcceptorSet(List.of(A, B, A))).hasMessageContaining("twice");
    }
}
