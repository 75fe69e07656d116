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
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One branch over the connection that does its work. The application's thread starts and ends the work; any thread
 * may then vote and complete. Thread-safe by one lock, which no SQL of the application is run under.
 *
 * <p>Once an answer of the connection is unclear, or the connection was given back, the branch is driven over fresh
 * connections only.
 */
public final class XaParticipant implements Participant {
    private static final Logger LOG = LoggerFactory.getLogger(XaParticipant.class);

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
    private State state = State.CREATED;
    /** A one-phase commit was sent and its answer lost: the database's name for the transaction. */
    private Optional<String> lostCommit = Optional.empty();

    private boolean connectionBroken;

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

    /** Begins the work, or goes on with it after {@link #end}; does nothing while it is under way. */
    public synchronized void start() throws XAException {
        switch (state) {
            case CREATED -> {
                resource.start(xid, XAResource.TMNOFLAGS);
                state = State.WORKING;
            }
            case ENDED -> {
                // From the same connection, which is all that is asked of drivers that cannot join or resume.
                resource.start(xid, XAResource.TMJOIN);
                state = State.WORKING;
            }
            case WORKING -> {}
            case PREPARED, DETACHED, FINISHED ->
                throw new IllegalStateException("branch " + branch + " in " + home.name() + " is over");
        }
    }

    /** Ends the work; {@code successful} is false when the branch may only roll back. */
    public synchronized void end(boolean successful) throws XAException {
        if (state != State.WORKING) {
            return;
        }
        state = State.ENDED;
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

    /**
     * Takes the connection away from the branch, because it goes back to its pool.
     *
     * @return whether the connection is fit for other work; if not, it must be closed
     */
    public synchronized boolean release() {
        boolean fit = !connectionBroken && (state == State.FINISHED || state == State.PREPARED);
        if (state == State.WORKING || state == State.ENDED) {
            abortConnection();
            finish();
        } else if (state == State.PREPARED) {
            state = State.DETACHED;
        }
        return fit;
    }

    /** Whether nothing more will be done over the connection. */
    public synchronized boolean isOver() {
        return state == State.FINISHED || state == State.DETACHED;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId asked) {
        return home.lane().call(this::prepareNow, Vote.Rollback::new);
    }

    private synchronized Vote prepareNow() {
        if (state == State.WORKING) {
            return new Vote.Rollback("work in " + home.name() + " is still under way");
        }
        if (state != State.ENDED) {
            return new Vote.Rollback("the branch in " + home.name() + " is not open any more");
        }
        try {
            BranchWork work = inspectUnlessForetold();
            if (work instanceof BranchWork.Failed failed) {
                rollbackHere();
                return new Vote.Rollback(home.name() + ": " + failed.cause());
            }
            if (work instanceof BranchWork.Nothing) {
                rollbackHere();
                return new Vote.ReadOnly();
            }
            return prepareHere();
        } catch (XAException e) {
            return prepareFailed(e);
        } catch (SQLException e) {
            rollbackHere();
            return new Vote.Rollback("resource " + home.name() + " failed before prepare: " + e.getMessage());
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
        state = State.PREPARED;
        if (answer == XAResource.XA_RDONLY && quirks.isTruthful()) {
            finish();
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
        finish();
        return new Vote.Rollback(home.name() + " had aborted the branch before it was asked to prepare");
    }

    /** XA says that a branch is gone after XA_RB*; some drivers keep it open until it is rolled back all the same. */
    private Vote prepareFailed(XAException failure) {
        XaError error = XaError.of(failure);
        Vote vote = error.vote("resource " + home.name() + " refused: " + XaError.describe(failure));
        if (failure.getCause() instanceof SQLException refusal && quirks.cannotPrepare(refusal)) {
            home.forecast().giveUp();
        }
        if (vote instanceof Vote.ReadOnly) {
            finish();
        } else {
            rollbackHere();
        }
        return vote;
    }

    @Override
    public CompletionStage<Completion> commit(BranchId asked) {
        return onLane(this::commitNow);
    }

    private CompletionStage<Completion> onLane(Supplier<Completion> call) {
        return home.lane().call(call, Completion.Retry::new);
    }

    private synchronized Completion commitNow() {
        if (state == State.FINISHED) {
            return new Completion.Done();
        }
        if (state != State.PREPARED) {
            return home.recoverer().commitNow(branch);
        }
        return after(XaCommands.commit(resource, xid));
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId asked) {
        return onLane(this::commitOnePhaseNow);
    }

    private synchronized Completion commitOnePhaseNow() {
        if (lostCommit.isPresent()) {
            return settle(lostCommit.get());
        }
        if (state == State.PREPARED || state == State.DETACHED) {
            return commitNow();
        }
        if (state != State.ENDED) {
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
            finish();
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
        Vote vote = prepareNow();
        if (vote instanceof Vote.Rollback no) {
            return new Completion.RolledBack(no.cause());
        }
        return vote instanceof Vote.ReadOnly ? new Completion.Done() : commitNow();
    }

    private Completion settle(String witness) {
        try {
            return witness.isEmpty() ? new Completion.NotKnown() : home.settle(witness);
        } catch (SQLException e) {
            return new Completion.Retry("resource " + home.name() + " cannot be reached: " + e.getMessage());
        }
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId asked) {
        return onLane(this::rollbackNow);
    }

    private synchronized Completion rollbackNow() {
        return switch (state) {
            case CREATED, FINISHED -> {
                finish();
                yield new Completion.Done();
            }
            case WORKING -> rollbackUnderWork();
            case ENDED -> {
                rollbackHere();
                yield state == State.FINISHED
                        ? new Completion.Done()
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
            abortConnection();
            finish();
            return new Completion.Done();
        }
        try {
            end(false);
        } catch (XAException e) {
            LOG.debug("branch {} in {}: {}", branch, home.name(), XaError.describe(e));
        }
        rollbackHere();
        return new Completion.Done();
    }

    @Override
    public CompletionStage<Completion> forget(BranchId asked) {
        return home.recoverer().forget(branch);
    }

    private Completion after(Completion answer) {
        if (answer instanceof Completion.Done) {
            finish();
        } else {
            detach();
        }
        return answer;
    }

    /** Rolls back over the branch's own connection; afterwards the branch is finished, or only recovery can tell. */
    private void rollbackHere() {
        Completion answer = XaCommands.rollback(resource, xid);
        if (answer instanceof Completion.Done || answer instanceof Completion.NotKnown) {
            finish();
            return;
        }
        LOG.debug("branch {} in {} was not rolled back over its own connection: {}", branch, home.name(), answer);
        abortConnection();
        detach();
    }

    private void abortConnection() {
        connectionBroken = true;
        if (connection.isEmpty()) {
            return;
        }
        try {
            quirks.interrupt(connection.get());
        } catch (SQLException e) {
            LOG.debug("branch {} in {}: its statement could not be cancelled", branch, home.name(), e);
        }
        try {
            connection.get().abort(Runnable::run);
        } catch (SQLException e) {
            // Usually because it is dead already. The pool closes it in any case: release() says that it is unfit.
            LOG.debug("branch {} in {}: its connection could not be aborted", branch, home.name(), e);
        }
    }

    private void finish() {
        state = State.FINISHED;
    }

    private void detach() {
        connectionBroken = true;
        state = State.DETACHED;
    }
}
