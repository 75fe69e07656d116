package dev.assent.rm.xa;

import dev.assent.rm.xa.BranchState.Stage;
import dev.assent.rm.xa.quirk.LazyXaResource;
import dev.assent.rm.xa.quirk.SessionState;
import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One branch, and the connection that does its work. Thread-safe; what calls the driver says so. */
final class XaBranch {
    private static final Logger LOG = LoggerFactory.getLogger(XaBranch.class);

    private final XaResourceManager home;
    private final XaQuirks quirks;
    private final BranchId id;
    private final Xid xid;
    private final XAResource resource;
    private final Optional<Connection> connection;
    /** What its handle led to when the work began: a handle that is closed since, or replaced, leads nowhere. */
    private volatile @Nullable Connection physical;

    private final BranchState state = new BranchState();
    private final AtomicBoolean severed = new AtomicBoolean();
    /** It was severed, and nothing more can come over its connection. */
    private volatile boolean cut;

    private volatile @Nullable String endedByOthers;
    /** It said that it was prepared, and nobody has seen that. */
    private volatile boolean unverified;
    /** Nobody watches what the application says on its connection. */
    private volatile boolean unwatched;
    /** It was taken from under work that nobody watched; once it is {@link #cut}, it tells how that ended. */
    private volatile @Nullable Connection underWork;

    XaBranch(
            XaResourceManager home,
            XaQuirks quirks,
            BranchId id,
            XAResource resource,
            Optional<Connection> connection) {
        this.home = home;
        this.quirks = quirks;
        this.id = id;
        this.xid = new XaXid(id);
        this.resource = resource;
        this.connection = connection;
    }

    XaResourceManager home() {
        return home;
    }

    XaQuirks quirks() {
        return quirks;
    }

    BranchId id() {
        return id;
    }

    Xid xid() {
        return xid;
    }

    XAResource resource() {
        return resource;
    }

    /** The connection that did the work, if it is in sight, whatever the application has done to its handle. */
    Optional<Connection> connection() {
        Connection own = physical;
        return own == null ? connection : Optional.of(own);
    }

    BranchState state() {
        return state;
    }

    /** Whether its database has heard nothing of it, so that there is nothing to end. */
    boolean isUntouched() throws SQLException {
        return resource instanceof LazyXaResource lazy && lazy.isUntouched();
    }

    /** Makes sure that its database's transaction has begun. Calls the driver. */
    void begin() throws SQLException {
        if (resource instanceof LazyXaResource lazy) {
            lazy.begin();
        }
    }

    /** Statements that have changed rows in it, as far as somebody looks after all that is said on its connection. */
    Set<String> writers() {
        return resource instanceof LazyXaResource lazy && !unwatched ? lazy.writers() : Set.of();
    }

    /** Whether its transaction can commit, and no statement comes any more. */
    boolean seal() {
        return resource instanceof LazyXaResource lazy && !unwatched && lazy.seal();
    }

    /** It was committed by SQL, and whoever drives it takes note. Calls the driver. */
    void committedBySql() {
        try {
            if (resource instanceof LazyXaResource lazy) {
                lazy.committedBySql();
            } else {
                commitNothing();
            }
        } catch (XAException | SQLException | IllegalStateException e) {
            LOG.debug("branch {} in {} is committed, its connection is given up: {}", id, home.name(), e.getMessage());
            state.breakConnection();
        }
    }

    /** The driver asks the server to commit all the same, and keeps each of its warnings that there was nothing to. */
    private void commitNothing() throws XAException, SQLException {
        resource.commit(xid, true);
        if (connection().isPresent()) {
            connection().get().clearWarnings();
        }
    }

    /** The application has ended it, by SQL: the driver's part in it is over, and how it ended is not known. */
    private void endedByApplication() {
        endedByOthers = home.endedByApplication();
        state.to(Stage.FINISHED);
    }

    /** It said that it was prepared, and is not there. */
    void notListed() {
        endedByOthers = home.notListed();
        state.to(Stage.FINISHED);
    }

    /** Its driver says yes to prepare whatever its server said; from now on until it is {@link #verified}. */
    void notVerified() {
        unverified = true;
    }

    void verified() {
        unverified = false;
    }

    /** A prepared branch can be ended by anybody; one that only says so was ended before, if it is not there. */
    Completion gone(Completion answer) {
        return answer instanceof Completion.NotKnown && unverified ? hazard(home.notListed()) : answer;
    }

    void unwatched() {
        unwatched = true;
    }

    boolean isUnwatched() {
        return unwatched;
    }

    /** Whether the application has ended it by SQL that nobody else could see. Asks the driver, not the database. */
    boolean isEndedUnseen() {
        return unwatched && connection().map(this::hasNoTransaction).orElse(false);
    }

    private boolean hasNoTransaction(Connection asked) {
        try {
            return quirks.state(asked) == SessionState.NONE;
        } catch (SQLException e) {
            LOG.debug("branch {} in {}: its connection does not tell, usually as it is closed", id, home.name(), e);
            return false;
        }
    }

    /**
     * Cuts the connection off under the application's hands, so that nothing more comes of it; a statement that was under
     * way counts as not run. Waits for nobody, as work that hangs must not hang until somebody else's call is answered.
     * The stage completes when it is cut, or could not be. Empty when no work is under way over a connection in sight;
     * what the application had made of the branch by then is {@link #rolledBackBefore}.
     */
    Optional<CompletionStage<Void>> takeFromWork() {
        Optional<Connection> own = connection();
        if (own.isEmpty() || state.stage() != Stage.WORKING) {
            return Optional.empty();
        }
        underWork = unwatched ? own.get() : null; // before anybody can find the branch finished
        if (!state.takeFromWork()) {
            underWork = null;
            return Optional.empty();
        }
        return Optional.of(sever());
    }

    /** What a branch that is finished answers to a rollback. */
    Completion rolledBackBefore() {
        Connection own = underWork;
        if (own != null) {
            if (!cut) {
                CompletionStage<Void> unused = sever(); // should the first attempt have found no place
                return new Completion.Unsent("the connection to resource " + home.name()
                        + " is not cut off yet, so the application may still say COMMIT on it");
            }
            underWork = null;
            if (hasNoTransaction(own)) {
                endedByApplication();
            }
        }
        String ended = endedByOthers;
        return ended == null ? new Completion.Done() : hazard(ended);
    }

    private static Completion hazard(String cause) {
        return new Completion.Heuristic(HeuristicOutcome.HAZARD, cause);
    }

    /** Begins the work in the driver. */
    void startInDriver(int flag) throws XAException {
        connection.ifPresent(home::setUp);
        if (unwatched && physical == null) {
            physical = connection.flatMap(this::behind).orElse(null);
        }
        resource.start(xid, flag);
    }

    private Optional<Connection> behind(Connection handle) {
        try {
            return Optional.of(quirks.physical(handle));
        } catch (SQLException e) {
            LOG.debug("branch {} in {}: its connection is closed already", id, home.name(), e);
            return Optional.empty();
        }
    }

    /** Ends the work in the driver; what it says against a branch that can only roll back is of no interest. */
    void endInDriver(boolean successful) throws XAException {
        try {
            resource.end(xid, successful ? XAResource.TMSUCCESS : XAResource.TMFAIL);
        } catch (XAException e) {
            // The resource may tell at this point that it has rolled the branch back: prepare will find that too.
            if (successful) {
                throw e;
            }
            LOG.debug("branch {} in {}: {}", id, home.name(), XaError.describe(e));
        }
    }

    /**
     * Rolls back over the branch's own connection, in the driver; afterwards the branch is finished, or only recovery
     * can tell.
     */
    Completion rollbackHere() {
        Completion answer = XaCommands.rollback(resource, xid, quirks);
        if (answer instanceof Completion.NotKnown && unverified) {
            notListed();
            return rolledBackBefore();
        }
        if (answer instanceof Completion.Done || answer instanceof Completion.NotKnown) {
            state.to(Stage.FINISHED);
            return answer;
        }
        LOG.debug("branch {} in {} was not rolled back over its own connection: {}", id, home.name(), answer);
        state.detach();
        CompletionStage<Void> unused = sever();
        return answer;
    }

    /** The application has ended it: nothing is left but to free the driver of it. Tells that to whoever asks. */
    Completion leaveEnded() {
        Completion unused = rollbackHere();
        endedByApplication();
        return rolledBackBefore();
    }

    /**
     * Stops what runs on the connection and closes it, once, on threads that may hang in that. The stage never fails;
     * it completes when that is done, or could not be begun.
     */
    CompletionStage<Void> sever() {
        Optional<Connection> own = connection();
        if (own.isEmpty() || !severed.compareAndSet(false, true)) {
            return CompletableFuture.completedStage(null);
        }
        return home.sever(own.get()).handle((done, notBegun) -> {
            cut = notBegun == null;
            severed.set(cut);
            return null;
        });
    }
}
