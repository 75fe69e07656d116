package dev.assent.rm.xa;

import dev.assent.rm.xa.BranchState.Handover;
import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.PointParticipant;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One branch over the connection that does its work. The application's thread starts and ends the work; votes and
 * completions run in the bulkhead of the resource ({@link XaVoter}, {@link XaEnder}). Thread-safe, by {@link BranchState}:
 * a driver that hangs keeps nobody from asking about the branch or from giving its connection back.
 *
 * <p>Once an answer of the connection is unclear, or the connection was given back, the branch is driven over fresh
 * connections only.
 */
public final class XaParticipant implements Participant, PointParticipant {
    private static final Logger LOG = LoggerFactory.getLogger(XaParticipant.class);

    private final XaResourceManager home;
    private final XaBranch branch;
    private final BranchState state;
    private final EndOfWork ending;
    private final XaVoter voter;
    private final XaEnder ender;
    private final XaPoint point;

    XaParticipant(
            XaResourceManager home,
            XaQuirks quirks,
            BranchId id,
            XAResource resource,
            Optional<Connection> connection) {
        this.home = home;
        this.branch = new XaBranch(home, quirks, id, resource, connection);
        this.state = branch.state();
        this.ending = new EndOfWork("branch " + id + " in " + home.name());
        DatabaseTransaction witness = new DatabaseTransaction(home);
        this.voter = new XaVoter(branch, witness);
        this.point = new XaPoint(branch);
        this.ender = new XaEnder(branch, witness, voter, home.cutter()::await);
    }

    // ---- the application's thread

    /** Begins the work, or goes on with it after it ended; does nothing while it is under way. Calls the driver. */
    public void start() throws XAException {
        OptionalInt flag;
        try {
            flag = state.work();
        } catch (IllegalStateException over) {
            throw over();
        }
        if (flag.isEmpty()) {
            return;
        }
        startInDriver(flag.getAsInt());
        if (!state.goesOn()) {
            throw over();
        }
    }

    private void startInDriver(int flag) throws XAException {
        boolean begun = false;
        try {
            ending.await();
            branch.startInDriver(flag);
            begun = true;
        } finally {
            if (!begun) {
                state.didNotWork(flag);
            }
        }
    }

    private IllegalStateException over() {
        return new IllegalStateException("branch " + branch.id() + " in " + home.name() + " is over");
    }

    /** Nobody watches what the application says on the connection: whether it has ended the branch has to be looked at. */
    public void unwatched() {
        branch.unwatched();
    }

    /**
     * Ends the work; {@code successful} is false when the branch may only roll back. A resource that takes long to
     * take note is not waited for: what comes next for the branch waits for it, and hears what it says.
     */
    public void end(boolean successful) throws XAException {
        if (!state.endWork()) {
            return;
        }
        if (branch.quirks().endsWithoutTheServer()) {
            branch.endInDriver(successful);
            return;
        }
        ending.is(home.bulkhead()
                .call(
                        () -> inDriver(() -> objection(successful)),
                        why -> Optional.of(failure(why)),
                        why -> Optional.of(failure(why))));
        ending.await();
    }

    private Optional<XAException> objection(boolean successful) {
        try {
            branch.endInDriver(successful);
            return Optional.empty();
        } catch (XAException e) {
            return Optional.of(e);
        }
    }

    private static XAException failure(String why) {
        XAException failure = new XAException(why);
        failure.errorCode = XAException.XAER_RMFAIL;
        return failure;
    }

    /**
     * Takes the connection away from the branch, because it goes back to its pool. A call that is under way on it is
     * broken off, not waited for; that itself is waited for a moment.
     *
     * @return whether the connection is fit for other work; if not, it must be closed
     */
    public boolean release() {
        Handover handover = state.release();
        if (handover.sever()) {
            home.cutter().await(branch.sever());
        }
        return handover.fit();
    }

    /** Whether nothing more will be done over the connection. */
    public boolean isOver() {
        return state.isOver();
    }

    // ---- two-phase commit, in the bulkhead

    @Override
    public CompletionStage<Vote> prepare(BranchId asked) {
        return ending.then(objection -> home.bulkhead()
                .call(() -> inDriver(() -> voter.prepareUnless(objection)), Vote.Rollback::new, Vote.Unconfirmed::new));
    }

    @Override
    public CompletionStage<Completion> commit(BranchId asked) {
        return inBulkhead(ender::commit);
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId asked) {
        return inBulkhead(ender::commitOnePhase);
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId asked) {
        return branch.takeFromWork()
                .map(cut -> home.cutter().soon(cut).thenCompose(done -> taken()))
                .orElseGet(() -> inBulkhead(ender::rollback));
    }

    /** Only where the driver has to be asked what the application said last is there anything to wait for. */
    private CompletionStage<Completion> taken() {
        return branch.isUnwatched()
                ? inBulkhead(ender::rollback)
                : CompletableFuture.completedStage(branch.rolledBackBefore());
    }

    @Override
    public CompletionStage<Completion> forget(BranchId asked) {
        return home.recoverer().forget(branch.id());
    }

    // ---- as the branch that decides, in the bulkhead

    @Override
    public Optional<PointParticipant> point() {
        return Optional.of(this).filter(own -> home.decisions().isPresent()).map(PointParticipant.class::cast);
    }

    @Override
    public CompletionStage<PointReadiness> ready(BranchId asked, boolean assign) {
        return ending.then(objection -> home.bulkhead()
                .call(
                        () -> inDriver(() -> point.ready(objection, assign)),
                        PointReadiness.Refused::new,
                        PointReadiness.Refused::new));
    }

    @Override
    public CompletionStage<PointAnswer> commitThrough(
            BranchId asked, GlobalTxId transaction, List<BranchName> prepared) {
        return home.bulkhead()
                .call(
                        () -> inDriver(() -> point.commitThrough(transaction, prepared)),
                        PointAnswer.Refused::new,
                        PointAnswer.Lost::new);
    }

    /** A vote that nobody waits for any more is not worth a thread that hangs. */
    @Override
    public void cutShort(BranchId asked) {
        if (state.cutShort()) {
            CompletionStage<Void> unused = branch.sever();
        }
    }

    private CompletionStage<Completion> inBulkhead(Supplier<Completion> call) {
        return ending.then(
                ended -> home.bulkhead().call(() -> inDriver(call), Completion.Unsent::new, Completion.Retry::new));
    }

    /** Runs a call that may hang; one that hangs too long loses its connection, so that the thread comes back. */
    private <T> T inDriver(Supplier<T> call) {
        state.enterDriver();
        try {
            return home.cutter().watched(call, this::severAfterSilence);
        } finally {
            state.leaveDriver();
        }
    }

    private void severAfterSilence() {
        state.breakConnection();
        LOG.warn(
                "resource {} has not answered for {} s; the connection of branch {} is given up",
                home.name(),
                CallAborter.SILENCE.toSeconds(),
                branch.id());
        CompletionStage<Void> unused = branch.sever();
    }
}
