package dev.assent.tx.protocol.paxos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.tx.model.Decision;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an acceptor grants and refuses, and what it makes durable before it says so. */
class PaxosRegisterTest {
    private static final ProposerId COORDINATOR = new ProposerId(new UUID(0, 9));
    private static final ProposerId AGENT = new ProposerId(new UUID(0, 5));
    private static final Ballot ZERO = Ballot.first(COORDINATOR);
    private static final Ballot ONE = ZERO.next(AGENT);

    private static PaxosRegister saved(PaxosRegister register, AcceptorRequest request) {
        return ((AcceptorStep.Save) register.step(request)).register();
    }

    private static AcceptorReply answered(PaxosRegister register, AcceptorRequest request) {
        return ((AcceptorStep.Answer) register.step(request)).reply();
    }

    private static AcceptorRequest accept(Ballot ballot) {
        return new AcceptorRequest.Accept(ballot, Decision.COMMIT);
    }

    @Test
    void nothing_is_said_without_a_receipt_for_what_it_rests_on() {
        AcceptorStep.Save step = (AcceptorStep.Save) PaxosRegister.blank().step(accept(ZERO));

        assertThatThrownBy(() -> step.onceDurable(new AcceptorStep.Receipt(PaxosRegister.blank())))
                .hasMessageContaining("durable");
        assertThat(step.onceDurable(new AcceptorStep.Receipt(step.register())))
                .isEqualTo(new AcceptorReply.Accepted(ZERO, Decision.COMMIT));
    }

    @Test
    void a_promise_tells_what_was_accepted_under_the_highest_ballot() {
        PaxosRegister accepted = saved(PaxosRegister.blank(), accept(ZERO));
        AcceptorStep.Save step = (AcceptorStep.Save) accepted.step(new AcceptorRequest.Prepare(ONE));

        assertThat(step.onceDurable(new AcceptorStep.Receipt(step.register())))
                .isEqualTo(new AcceptorReply.Promise(ONE, Optional.of(new Proposal(ZERO, Decision.COMMIT))));
    }

    @Test
    void below_its_promise_an_acceptor_grants_nothing() {
        PaxosRegister promised = saved(PaxosRegister.blank(), new AcceptorRequest.Prepare(ONE));

        assertThat(answered(promised, accept(ZERO))).isEqualTo(new AcceptorReply.Refused(ZERO, ONE));
        assertThat(answered(promised, new AcceptorRequest.Prepare(ZERO)))
                .isEqualTo(new AcceptorReply.Refused(ZERO, ONE));
    }

    @Test
    void a_repeated_request_is_answered_again_by_what_is_durable() {
        PaxosRegister promised = saved(PaxosRegister.blank(), new AcceptorRequest.Prepare(ONE));
        PaxosRegister accepted = saved(promised, accept(ONE));

        assertThat(answered(promised, new AcceptorRequest.Prepare(ONE)))
                .isEqualTo(new AcceptorReply.Promise(ONE, Optional.empty()));
        assertThat(answered(accepted, accept(ONE))).isEqualTo(new AcceptorReply.Accepted(ONE, Decision.COMMIT));
    }

    @Test
    void a_second_value_of_one_ballot_is_refused() {
        PaxosRegister accepted = saved(PaxosRegister.blank(), accept(ONE));

        assertThat(answered(accepted, new AcceptorRequest.Accept(ONE, Decision.ABORT)))
                .isInstanceOf(AcceptorReply.Refused.class);
    }

    @Test
    void what_is_forgotten_is_refused_and_not_answered_blank() {
        PaxosRegister forgotten = saved(saved(PaxosRegister.blank(), accept(ZERO)), new AcceptorRequest.Forget());

        assertThat(answered(forgotten, new AcceptorRequest.Prepare(ONE))).isEqualTo(new AcceptorReply.Forgotten());
        assertThat(answered(forgotten, accept(ONE))).isEqualTo(new AcceptorReply.Forgotten());
        assertThat(answered(forgotten, new AcceptorRequest.Forget())).isEqualTo(new AcceptorReply.Forgotten());
    }

    @Test
    void ballots_are_ordered_by_round_and_then_by_proposer() {
        assertThat(ONE.isAbove(ZERO)).isTrue();
        assertThat(ZERO.next(COORDINATOR).isAbove(ONE)).isTrue();
        assertThat(ONE.isAbove(ZERO.next(COORDINATOR))).isFalse();
    }
}
