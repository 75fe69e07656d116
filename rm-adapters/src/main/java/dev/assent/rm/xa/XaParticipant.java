package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.BranchWork;
import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One branch over the connection that does its work. The application's thread starts and ends the work; votes and
 * completions run on the lane of the resource. Thread-safe by one lock, which is never held while the driver is
 * called: a driver that hangs keeps nobody from asking about the branch or from giving its connection back.
 *
 * <p>Once an answer of the connection is unclear, or the connection was given back, the branch is driven over fresh
 * connections only.
 */
public final class XaParticipant implements Participant {
    private static final Logger LOG = LoggerFactory.getLogger(XaParticipant.class);

    /** How long the application's thread waits for the resource to take note that the work is over. */
    private static final long END_MILLIS_MAX = 1_000;

    private enum State {
        CREATED,
        /** The application may be working on the connection. */
        WORKING,
        /** The work has ended and is not prepared. */
        ENDED,
        PREPARED,
        /** Whatever it is, the connection has no part in it any more. */
        DETACHED,
        FINISHED
    }

    private final XaResourceManager home;
    private final XaQuirks quirks;
    private final BranchId branch;
    private final Xid xid;
    private final XAResource resource;
    private final Optional<Connection> connection;

    private final AtomicBoolean severed = new AtomicBoolean();

    // Guarded by this.
    private State state = State.CREATED;
    private boolean connectionBroken;
    /** A call to the driver is under way on the lane. */
    private boolean inDriver;
    /** Nobody waits for a vote any more. */
    private boolean cutShort;
    /** The connection went back to its pool, or was taken from it, while a call was under way. */
    private boolean released;

    /** The end of the work, with what the resource said against it; what comes next waits for it. */
    private volatile CompletableFuture<Optional<XAException>> ending =
            CompletableFuture.completedFuture(Optional.empty());

    /** A one-phase commit was sent and its answer lost: the database's name for the transaction. Lane only. */
    private volatile Optional<String> lostCommit = Optional.empty();
    /** The database's name for the prepared transaction; empty when it was not asked for. */
    private volatile String witness = "";

    XaParticipant(
            XaResourceManager home,
            XaQuirks quirks,
            BranchId branch,
            XAResource resource,
            Optional<Connection> connection) {
        this.home = home;
        this.quirks = quirks;
        this.branch = branch;
        this.xid = new XaXid(branch);
        this.resource = resource;
        this.connection = connection;
    }

    // ---- the application's thread

    /** Begins the work, or goes on with it after it ended; does nothing while it is under way. Calls the driver. */
    public void start() throws XAException {
        OptionalInt flag;
        synchronized (this) {
            flag = switch (state) {
                case CREATED -> OptionalInt.of(XAResource.TMNOFLAGS);
                // From the same connection, which is all that is asked of drivers that cannot join or resume.
                case ENDED -> OptionalInt.of(XAResource.TMJOIN);
                case WORKING -> OptionalInt.empty();
                case PREPARED, DETACHED, FINISHED -> throw over();
            };
            state = State.WORKING; // so that the end of the transaction severs a driver that hangs in start
        }
        if (flag.isEmpty()) {
            return;
        }
        startInDriver(flag.getAsInt());
        if (state() != State.WORKING) {
            throw over();
        }
    }

    private void startInDriver(int flag) throws XAException {
        boolean begun = false;
        try {
            awaitEnd();
            connection.ifPresent(home::setUp);
            resource.start(xid, flag);
            begun = true;
        } finally {
            synchronized (this) {
                if (!begun && state == State.WORKING) {
                    state = flag == XAResource.TMNOFLAGS ? State.CREATED : State.ENDED;
                }
            }
        }
    }

    private IllegalStateException over() {
        return new IllegalStateException("branch " + branch + " in " + home.name() + " is over");
    }

    /**
     * Ends the work; {@code successful} is false when the branch may only roll back. A resource that takes long to
     * take note is not waited for: what comes next for the branch waits for it, and hears what it says.
     */
    public void end(boolean successful) throws XAException {
        synchronized (this) {
            if (state != State.WORKING) {
                return;
            }
            state = State.ENDED;
        }
        if (quirks.endsWithoutTheServer()) {
            endInDriver(successful);
            return;
        }
        CompletableFuture<Optional<XAException>> ended = home.lane()
                .call(() -> inDriver(() -> objection(successful)), why -> Optional.of(failure(why)))
                .toCompletableFuture();
        ending = ended;
        awaitEnd();
    }

    private void endInDriver(boolean successful) throws XAException {
        try {
            resource.end(xid, successful ? XAResource.TMSUCCESS : XAResource.TMFAIL);
        } catch (XAException e) {
            // The resource may tell at this point that it has rolled the branch back: prepare will find that too.
            if (successful) {
                throw e;
            }
            LOG.debug("branch {} in {}: {}", branch, home.name(), XaError.describe(e));
        }
    }

    private Optional<XAException> objection(boolean successful) {
        try {
            endInDriver(successful);
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

    /** Waits for the end of the work, but not longer than a moment. */
    private void awaitEnd() throws XAException {
        Optional<XAException> objection = Optional.empty();
        try {
            objection = ending.get(END_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException notYet) {
            LOG.debug("branch {} in {}: its work has not ended yet", branch, home.name(), notYet);
        }
        if (objection.isPresent()) {
            throw objection.get();
        }
    }

    /**
     * Takes the connection away from the branch, because it goes back to its pool. A call that is under way on it is
     * broken off, not waited for.
     *
     * @return whether the connection is fit for other work; if not, it must be closed
     */
    public boolean release() {
        boolean fit;
        boolean sever;
        synchronized (this) {
            fit = !connectionBroken && !inDriver && (state == State.FINISHED || state == State.PREPARED);
            sever = inDriver || isOpen();
            connectionBroken |= sever;
            released = true;
            if (!inDriver && state == State.PREPARED) {
                state = State.DETACHED;
            } else if (!inDriver && isOpen()) {
                state = State.FINISHED;
            }
        }
        if (sever) {
            sever();
        }
        return fit;
    }

    private boolean isOpen() {
        return state == State.WORKING || state == State.ENDED;
    }

    /** Whether nothing more will be done over the connection. */
    public synchronized boolean isOver() {
        return !inDriver && (state == State.FINISHED || state == State.DETACHED);
    }

    // ---- two-phase commit, on the lane

    @Override
    public CompletionStage<Vote> prepare(BranchId asked) {
        return ending.thenCompose(
                ended -> home.lane().call(() -> inDriver(() -> prepareUnless(ended)), Vote.Rollback::new));
    }

    @Override
    public CompletionStage<Completion> commit(BranchId asked) {
        return onLane(this::commitNow);
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId asked) {
        return onLane(this::commitOnePhaseNow);
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId asked) {
        return onLane(this::rollbackNow);
    }

    @Override
    public CompletionStage<Completion> forget(BranchId asked) {
        return home.recoverer().forget(branch);
    }

    /** A vote that nobody waits for any more is not worth a thread that hangs. */
    @Override
    public void cutShort(BranchId asked) {
        synchronized (this) {
            cutShort = true;
            if (!inDriver || state == State.PREPARED) {
                return;
            }
            connectionBroken = true;
        }
        if (!home.cutter().offer(this::sever)) {
            LOG.debug("branch {} in {} is left to hang", branch, home.name());
        }
    }

    private CompletionStage<Completion> onLane(Supplier<Completion> call) {
        return ending.thenCompose(ended -> home.lane().call(() -> inDriver(call), Completion.Retry::new));
    }

    /** Runs a call that may hang; one that hangs too long loses its connection, so that the thread comes back. */
    private <T> T inDriver(Supplier<T> call) {
        synchronized (this) {
            inDriver = true;
        }
        try {
            return home.cutter().watched(call, this::severAfterSilence);
        } finally {
            synchronized (this) {
                inDriver = false;
                if (released && state == State.PREPARED) {
                    state = State.DETACHED;
                }
            }
        }
    }

    private void severAfterSilence() {
        synchronized (this) {
            connectionBroken = true;
        }
        LOG.warn(
                "resource {} has not answered for {} s; the connection of branch {} is given up",
                home.name(),
                Cutter.SILENCE.toSeconds(),
                branch);
        sever();
    }

    private synchronized State state() {
        return state;
    }

    /** The end of the work may have told more than the application waited to hear. */
    private Vote prepareUnless(Optional<XAException> ended) {
        if (ended.isEmpty()) {
            return prepareNow();
        }
        rollbackHere();
        return new Vote.Rollback(
                "resource " + home.name() + " failed at the end of its work: " + XaError.describe(ended.get()));
    }

    private Vote prepareNow() {
        synchronized (this) {
            if (state == State.WORKING) {
                return new Vote.Rollback("work in " + home.name() + " is still under way");
            }
            if (state != State.ENDED) {
                return new Vote.Rollback("the branch in " + home.name() + " is not open any more");
            }
            if (cutShort) {
                return new Vote.Rollback("the transaction was over before " + home.name() + " came to prepare");
            }
        }
        try {
            return inspectUnlessForetold().accept(new Voting());
        } catch (XAException e) {
            return prepareFailed(e);
        } catch (SQLException e) {
            rollbackHere();
            return new Vote.Rollback("resource " + home.name() + " failed before prepare: " + e.getMessage());
        }
    }

    /** The vote for what was found. */
    private final class Voting implements BranchWork.Handler<Vote, XAException> {
        @Override
        public Vote changed(BranchWork.Changed work) throws XAException {
            witness = work.witness();
            return prepareHere();
        }

        @Override
        public Vote nothing(BranchWork.Nothing work) {
            rollbackHere();
            return new Vote.ReadOnly();
        }

        @Override
        public Vote failed(BranchWork.Failed work) {
            rollbackHere();
            return new Vote.Rollback(home.name() + ": " + work.cause());
        }
    }

    private BranchWork inspectUnlessForetold() throws SQLException {
        if (connection.isEmpty()) {
            return new BranchWork.Changed("");
        }
        if (!home.forecast().isDoubtful()) {
            Optional<BranchWork> known = quirks.glance(connection.get());
            if (known.isPresent()) {
                return known.get();
            }
        }
        BranchWork work = quirks.inspect(connection.get());
        home.forecast().found(!(work instanceof BranchWork.Nothing));
        return work;
    }

    private BranchWork inspect() throws SQLException {
        return connection.isPresent() ? quirks.inspect(connection.get()) : new BranchWork.Changed("");
    }

    private Vote prepareHere() throws XAException {
        int answer = resource.prepare(xid);
        to(State.PREPARED);
        if (answer == XAResource.XA_RDONLY && quirks.isTruthful()) {
            to(State.FINISHED);
            return new Vote.ReadOnly();
        }
        if (connection.isPresent() || quirks.isTruthful()) {
            return new Vote.Prepared(); // read-only or not: what a driver says that is not truthful comes too late
        }
        for (Xid held : resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
            if (held.getFormatId() == branch.formatId() && XaXid.branchOf(held).equals(branch)) {
                return new Vote.Prepared();
            }
        }
        to(State.FINISHED);
        return new Vote.Rollback(home.name() + " had aborted the branch before it was asked to prepare");
    }

    /** XA says that a branch is gone after XA_RB*; some drivers keep it open until it is rolled back all the same. */
    private Vote prepareFailed(XAException failure) {
        XaError error = XaError.of(failure);
        String cause = "resource " + home.name() + " refused: " + XaError.describe(failure);
        Vote vote = error.vote(cause);
        if (failure.getCause() instanceof SQLException refusal && quirks.cannotPrepare(refusal)) {
            home.forecast().giveUp();
            vote = new Vote.Rollback(cause); // whatever the driver's code: the server has answered
        }
        if (vote instanceof Vote.ReadOnly) {
            to(State.FINISHED);
        } else {
            rollbackHere();
        }
        return vote;
    }

    private Completion commitNow() {
        return switch (state()) {
            case FINISHED -> new Completion.Done();
            case PREPARED -> after(explained(XaCommands.commit(resource, xid, quirks)));
            case CREATED, WORKING, ENDED, DETACHED -> home.recoverer().commitNow(branch);
        };
    }

    private Completion commitOnePhaseNow() {
        if (lostCommit.isPresent()) {
            return settle(lostCommit.get());
        }
        State now = state();
        if (now == State.PREPARED || now == State.DETACHED) {
            return commitNow();
        }
        if (now != State.ENDED) {
            return new Completion.RolledBack("the branch in " + home.name() + " is not open any more");
        }
        if (connection.isEmpty() && !quirks.isTruthful()) {
            return commitThroughPrepare();
        }
        try {
            return commitInOnePhase(inspect());
        } catch (SQLException e) {
            rollbackHere();
            return new Completion.RolledBack("resource " + home.name() + " failed before commit: " + e.getMessage());
        }
    }

    private Completion commitInOnePhase(BranchWork work) {
        if (work instanceof BranchWork.Failed failed) {
            rollbackHere();
            return new Completion.RolledBack(home.name() + ": " + failed.cause());
        }
        try {
            resource.commit(xid, true);
            to(State.FINISHED);
            return new Completion.Done();
        } catch (XAException e) {
            Completion answer = XaError.of(e).ofCommitOnePhase(XaError.describe(e));
            if (answer instanceof Completion.RolledBack) {
                rollbackHere();
            } else if (answer instanceof Completion.Retry && work instanceof BranchWork.Changed changed) {
                detach();
                lostCommit = Optional.of(changed.witness());
            } else {
                detach();
            }
            return answer;
        }
    }

    /** Two steps in one call, for a driver whose one-phase answer cannot be trusted or checked. */
    private Completion commitThroughPrepare() {
        return prepareNow().accept(new Vote.Handler<>() {
            @Override
            public Completion prepared(Vote.Prepared vote) {
                return commitNow();
            }

            @Override
            public Completion readOnly(Vote.ReadOnly vote) {
                return new Completion.Done();
            }

            @Override
            public Completion rollback(Vote.Rollback vote) {
                return new Completion.RolledBack(vote.cause());
            }

            @Override
            public Completion unconfirmed(Vote.Unconfirmed vote) {
                return new Completion.RolledBack(vote.cause());
            }
        });
    }

    /** A branch that is gone without our doing: the database may know how its transaction ended. */
    private Completion explained(Completion answer) {
        return answer instanceof Completion.NotKnown ? settle(witness) : answer;
    }

    private Completion settle(String witness) {
        try {
            return witness.isEmpty() ? new Completion.NotKnown() : home.settle(witness);
        } catch (SQLException e) {
            return new Completion.Retry("resource " + home.name() + " cannot be reached: " + e.getMessage());
        }
    }

    private Completion rollbackNow() {
        return switch (state()) {
            case CREATED, FINISHED -> {
                to(State.FINISHED);
                yield new Completion.Done();
            }
            case WORKING -> rollbackUnderWork();
            case ENDED -> {
                Completion answer = rolledBackHere();
                yield answer instanceof Completion.Heuristic || state() == State.FINISHED
                        ? told(answer)
                        : home.recoverer().rollbackNow(branch);
            }
            case PREPARED -> after(XaCommands.rollback(resource, xid));
            case DETACHED -> home.recoverer().rollbackNow(branch);
        };
    }

    /**
     * The transaction ends while the application still works. Its connection must not survive that: the next
     * statement on it would run outside the transaction, and be committed.
     */
    private Completion rollbackUnderWork() {
        if (connection.isPresent()) {
            synchronized (this) {
                connectionBroken = true;
                state = State.FINISHED;
            }
            sever();
            return new Completion.Done();
        }
        to(State.ENDED);
        Optional<XAException> unused = objection(false);
        rollbackHere();
        return new Completion.Done();
    }

    private Completion after(Completion answer) {
        if (answer instanceof Completion.Done) {
            to(State.FINISHED);
        } else {
            detach();
        }
        return answer;
    }

    /** Rolls back over the branch's own connection; afterwards the branch is finished, or only recovery can tell. */
    private void rollbackHere() {
        Completion unused = rolledBackHere();
    }

    private Completion rolledBackHere() {
        Completion answer = XaCommands.rollback(resource, xid);
        if (answer instanceof Completion.Done || answer instanceof Completion.NotKnown) {
            to(State.FINISHED);
            return answer;
        }
        LOG.debug("branch {} in {} was not rolled back over its own connection: {}", branch, home.name(), answer);
        detach();
        sever();
        return answer;
    }

    /** Of a branch that was never prepared, not to be known any more is to be rolled back. */
    private static Completion told(Completion answer) {
        return answer instanceof Completion.NotKnown ? new Completion.Done() : answer;
    }

    /** Stops what runs on the connection and closes it, once and without waiting long for either. */
    private void sever() {
        if (severed.compareAndSet(false, true)) {
            connection.ifPresent(home::sever);
        }
    }

    private synchronized void to(State next) {
        state = next;
    }

    private synchronized void detach() {
        connectionBroken = true;
        state = State.DETACHED;
    }
}
