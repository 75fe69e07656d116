package dev.assent.tx.protocol.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The coordinator of two branches and three acceptors, input by input. */
class ThreePhaseCommitTest {
    private static final List<AcceptorId> MEMBERS =
            List.of(new AcceptorId(new UUID(0, 1)), new AcceptorId(new UUID(0, 2)), new AcceptorId(new UUID(0, 3)));
    private static final AcceptorSet ACCEPTORS = new AcceptorSet(MEMBERS);
    private static final ProposerId SELF = new ProposerId(new UUID(0, 7));
    private static final Ballot ZERO = Ballot.first(SELF);
    private static final Vote YES = new Vote.Prepared();
    private static final Completion DONE = new Completion.Done();

    private final ThreePhaseCommit machine = new ThreePhaseCommit(2, ACCEPTORS, SELF, new Backoff(10, 100));

    private List<Message<? super ThreePhaseCommand.Handler>> voted(Vote first, Vote second) {
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Voted(0, first));
        return machine.step(new BranchInput.Voted(1, second));
    }

    private List<Message<? super ThreePhaseCommand.Handler>> accepted(int acceptor) {
        return machine.step(new ProposerInput.AcceptorAnswered(
                MEMBERS.get(acceptor), new AcceptorReply.Accepted(ZERO, Decision.COMMIT)));
    }

    @Test
    void can_commit_carries_the_acceptors() {
        assertThat(machine.step(new TransactionInput.CommitAsked()))
                .containsExactly(
                        new ThreePhaseCommand.CanCommit(0, ACCEPTORS), new ThreePhaseCommand.CanCommit(1, ACCEPTORS));
    }

    @Test
    void pre_commit_is_phase_2a_of_ballot_zero_after_every_yes() {
        assertThat(voted(YES, YES))
                .contains(new ProposerCommand.AskAcceptor(
                        MEMBERS.get(2), new AcceptorRequest.Accept(ZERO, Decision.COMMIT)));
    }

    @Test
    void branches_commit_when_a_majority_has_accepted_and_acceptors_forget_after_the_record() {
        voted(YES, YES);
        assertThat(accepted(0)).isEmpty();
        assertThat(accepted(2))
                .contains(
                        new ThreePhaseCommand.RecordOutcome(Decision.COMMIT),
                        new BranchCommand.Commit(0, Route.WORKER),
                        new BranchCommand.Commit(1, Route.WORKER));

        machine.step(new BranchInput.Ended(0, DONE));
        assertThat(machine.step(new BranchInput.Ended(1, DONE)))
                .containsExactly(
                        new TransactionCommand.Answer(new Outcome.Committed()),
                        new TransactionCommand.Learned(new Outcome.Committed()));
        assertThat(machine.step(new ThreePhaseInput.OutcomeRecorded()))
                .containsExactly(new ThreePhaseCommand.ForgetRegister(ACCEPTORS), new TransactionCommand.Finish());
        assertThat(machine.isFinished()).isTrue();
    }

    @Test
    void a_no_rolls_back_and_asks_no_acceptor() {
        assertThat(voted(YES, new Vote.Rollback("no stock")))
                .containsExactly(
                        new BranchCommand.Rollback(0, Route.WORKER), new BranchCommand.Rollback(1, Route.WORKER));
    }

    @Test
    void after_the_pre_commit_no_time_out_aborts() {
        voted(YES, YES);

        assertThat(machine.step(new TransactionInput.Expired("time is up"))).isEmpty();
        assertThat(machine.step(new TransactionInput.WaitedEnough()))
                .singleElement()
                .satisfies(told ->
                        assertThat(((TransactionCommand.Answer) told).outcome()).isInstanceOf(Outcome.Unknown.class));
    }

    @Test
    void a_coordinator_that_is_outbid_obeys_what_the_register_says() {
        voted(YES, YES);

        assertThat(machine.step(new ThreePhaseInput.DecisionLearned(Decision.ABORT)))
                .containsExactly(
                        new BranchCommand.Rollback(0, Route.WORKER), new BranchCommand.Rollback(1, Route.WORKER));
    }

    @Test
    void readers_alone_have_their_commit_decided_too_since_somebody_may_ask() {
        voted(new Vote.ReadOnly(), new Vote.ReadOnly());
        accepted(0);

        assertThat(accepted(1)).contains(new TransactionCommand.Answer(new Outcome.Committed()));
    }

    @Test
    void a_coordinator_whose_acceptors_have_forgotten_tells_that_nothing_is_known() {
        voted(YES, YES);
        machine.step(new ProposerInput.AcceptorAnswered(MEMBERS.get(0), new AcceptorReply.Forgotten()));

        assertThat(machine.step(new ProposerInput.AcceptorAnswered(MEMBERS.get(1), new AcceptorReply.Forgotten())))
                .first()
                .satisfies(told ->
                        assertThat(((TransactionCommand.Answer) told).outcome()).isInstanceOf(Outcome.Unknown.class));
    }

    @Test
    void a_branch_that_is_not_known_any_more_has_to_be_accounted_for_where_nobody_else_was_at_work() {
        voted(YES, YES);
        accepted(0);
        accepted(2);
        machine.step(new BranchInput.Ended(0, DONE));
        List<Message<? super ThreePhaseCommand.Handler>> asked =
                machine.step(new BranchInput.Ended(1, new Completion.NotKnown()));

        assertThat(asked).doesNotContain(new TransactionCommand.Answer(new Outcome.Committed()));
        assertThat(lastOf(asked)).isEqualTo(new BranchCommand.CheckAbsence(1));
        assertThat(machine.step(new BranchInput.AbsenceChecked(1, false)))
                .doesNotContain(new TransactionCommand.Answer(new Outcome.Committed()))
                .anyMatch(BranchCommand.KeepHeuristic.class::isInstance);
    }

    @Test
    void where_another_proposer_was_seen_it_may_have_ended_the_branch() {
        voted(YES, YES);
        Ballot rival = ZERO.next(new ProposerId(new UUID(0, 8)));
        for (int acceptor = 0; acceptor < 2; acceptor++) {
            machine.step(
                    new ProposerInput.AcceptorAnswered(MEMBERS.get(acceptor), new AcceptorReply.Refused(ZERO, rival)));
        }
        machine.step(new ThreePhaseInput.DecisionLearned(Decision.COMMIT));
        machine.step(new BranchInput.Ended(0, DONE));
        List<Message<? super ThreePhaseCommand.Handler>> ended =
                machine.step(new BranchInput.Ended(1, new Completion.NotKnown()));

        assertThat(ended).doesNotContain(new BranchCommand.CheckAbsence(1));
    }

    /** A branch that is not known is looked for at its own service first. */
    private Message<? super ThreePhaseCommand.Handler> lastOf(List<Message<? super ThreePhaseCommand.Handler>> asked) {
        List<Message<? super ThreePhaseCommand.Handler>> commands = asked;
        for (int again = 0; again < 3 && !(commands.get(0) instanceof BranchCommand.CheckAbsence); again++) {
            commands = machine.step(new BranchInput.Ended(1, new Completion.NotKnown()));
        }
        return commands.get(commands.size() - 1);
    }
}
