package dev.assent.tx.coordinator;

import dev.assent.event.TransactionEvent;
import dev.assent.time.Backoff;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.paxos.ProposerInput;
import dev.assent.tx.protocol.threephase.ThreePhaseCommand;
import dev.assent.tx.protocol.threephase.ThreePhaseInput;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.DecisionLog;
import dev.assent.tx.spi.ThreePhaseParticipant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what three-phase commit wants: its decision is a register among acceptors, and the store gets it
 * afterwards. An acceptor that does not answer is asked again by the protocol, and holds up nobody else's answer.
 */
final class ThreePhaseEffects extends BranchEffects<ThreePhaseInput.Handler> implements ThreePhaseCommand.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreePhaseEffects.class);

    /** The pauses before acceptors that are silent are asked again. */
    static final Backoff ROUNDS = new Backoff(200, 2_000);

    /** Between two attempts to record a COMMIT, while the store is away. */
    private static final long RECORD_PAUSE_MILLIS = 1_000;

    /** So often an acceptor is told that it may forget; one that never hears it keeps a register more. */
    private static final int FORGETS_MAX = 5;

    private static final long FORGET_PAUSE_MILLIS = 1_000;

    /** A transaction's acceptors, and where what they chose is recorded. */
    record Registers(Acceptors acceptors, AcceptorAddresses addresses, DecisionLog log) {}

    private final Context around;
    private final Registers registers;
    private final GlobalTxId id;
    private final List<Branch> branches;
    private final TransactionRun<ThreePhaseInput.Handler, ?> run;
    private volatile boolean recorded;

    ThreePhaseEffects(
            Context around,
            Registers registers,
            GlobalTxId id,
            List<Branch> branches,
            TransactionRun<ThreePhaseInput.Handler, ?> run) {
        super(around, id, branches, run);
        this.around = around;
        this.registers = registers;
        this.id = id;
        this.branches = branches;
        this.run = run;
    }

    @Override
    public void canCommit(ThreePhaseCommand.CanCommit command) {
        Branch branch = branch(command.branch());
        run.news().prepareAsked(command.branch());
        CompletionStage<Void> unused = vote(branch).handle((vote, failed) -> {
            Vote cast = failed == null ? vote : new Vote.Unconfirmed("canCommit failed: " + failed);
            run.news().voted(branch, command.branch(), cast);
            run.post(new BranchInput.Voted(command.branch(), cast));
            return null;
        });
    }

    private CompletionStage<Vote> vote(Branch branch) {
        Optional<ThreePhaseParticipant> participant = branch.participant().threePhase();
        if (participant.isEmpty()) {
            return CompletableFuture.completedStage(
                    new Vote.Rollback("the service that did the work keeps no acceptor's log"));
        }
        try {
            return participant.get().canCommit(branch.xid(), registers.addresses());
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public void askAcceptor(ProposerCommand.AskAcceptor command) {
        run.news().decisionAsked();
        AcceptorAddresses.Entry to = new AcceptorAddresses.Entry(
                command.to(), registers.addresses().addressOf(command.to()).orElseThrow());
        CompletionStage<Void> unused = ask(to, command.request()).handle((reply, failed) -> {
            if (failed == null) {
                run.post(new ProposerInput.AcceptorAnswered(to.acceptor(), reply));
            } else {
                LOG.debug("acceptor {} does not answer about {}", to, id, failed);
            }
            return null;
        });
    }

    private CompletionStage<AcceptorReply> ask(AcceptorAddresses.Entry to, AcceptorRequest request) {
        try {
            return registers.acceptors().ask(to, id, request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Up to twice as long: whoever terminates the transaction must not go on at the same moments. */
    @Override
    public void proposeLater(ProposerCommand.ProposeLater command) {
        long pause = command.pauseMillis() + ThreadLocalRandom.current().nextLong(command.pauseMillis() + 1);
        Runnable unused = around.workers().later(pause, () -> run.post(new ProposerInput.ProposalDue()));
    }

    /** The store may be away for as long as it likes: everybody ends meanwhile, and no acceptor forgets. */
    @Override
    public void recordOutcome(ThreePhaseCommand.RecordOutcome command) {
        run.news().decided(TransactionEvent.Decision.COMMIT);
        List<BranchName> names = branches.stream().map(Branch::name).toList();
        CompletionStage<Void> unused = registers.log().record(id, names).handle((done, failed) -> {
            if (failed == null) {
                recorded = true;
                run.post(new ThreePhaseInput.OutcomeRecorded());
            } else {
                LOG.debug("the COMMIT of {} is recorded later", id, failed);
                Runnable unusedLater = around.workers().later(RECORD_PAUSE_MILLIS, () -> recordOutcome(command));
            }
            return null;
        });
    }

    @Override
    public void forgetRegister(ThreePhaseCommand.ForgetRegister command) {
        registers.addresses().entries().forEach(acceptor -> forget(acceptor, 1));
        if (recorded) {
            registers.log().release(id);
        }
    }

    private void forget(AcceptorAddresses.Entry acceptor, int attempt) {
        CompletionStage<Void> unused = ask(acceptor, new AcceptorRequest.Forget())
                .handle((reply, failed) -> {
                    if (failed != null && attempt < FORGETS_MAX) {
                        Runnable unusedLater = around.workers()
                                .later(FORGET_PAUSE_MILLIS * attempt, () -> forget(acceptor, attempt + 1));
                    } else if (failed != null) {
                        LOG.debug("acceptor {} was not told to forget {}", acceptor, id, failed);
                    }
                    return null;
                });
    }
}
