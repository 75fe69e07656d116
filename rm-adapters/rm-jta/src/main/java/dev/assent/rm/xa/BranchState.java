package dev.assent.rm.xa;

import java.util.Optional;
import java.util.OptionalInt;
import javax.transaction.xa.XAResource;

/**
 * Where one branch stands, and whose its connection is. Thread-safe; nothing here calls a driver or waits, so that a
 * driver that hangs keeps nobody from asking.
 */
final class BranchState {

    enum Stage {
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

    /**
     * What becomes of a connection that goes back to its pool.
     *
     * @param fit for other work; if not, it must be closed
     * @param sever something is open or under way on it, and has to be broken off
     */
    record Handover(boolean fit, boolean sever) {}

    private Stage stage = Stage.CREATED;
    private boolean connectionBroken;
    /** A call to the driver is under way in the bulkhead. */
    private boolean inDriver;
    /** Nobody waits for a vote any more. */
    private boolean cutShort;
    /** The connection went back to its pool, or was taken from it, while a call was under way. */
    private boolean released;

    synchronized Stage stage() {
        return stage;
    }

    synchronized void to(Stage next) {
        stage = next;
    }

    /**
     * Work begins, or goes on after it had ended: with this flag, from the same connection, which is all that is asked
     * of drivers that cannot join or resume. Empty while it is under way.
     *
     * @throws IllegalStateException the branch is over
     */
    synchronized OptionalInt work() {
        if (released) {
            throw new IllegalStateException("the connection of the branch was given back");
        }
        OptionalInt flag = startFlag(stage);
        stage = Stage.WORKING; // before the driver is called, so that the end of the transaction severs one that hangs
        return flag;
    }

    private static OptionalInt startFlag(Stage stage) {
        return switch (stage) {
            case CREATED -> OptionalInt.of(XAResource.TMNOFLAGS);
            case ENDED -> OptionalInt.of(XAResource.TMJOIN);
            case WORKING -> OptionalInt.empty();
            case PREPARED, DETACHED, FINISHED -> throw new IllegalStateException("the branch is over");
        };
    }

    /** Whether the work that has begun may go on; if not, its connection serves nobody any more. */
    synchronized boolean goesOn() {
        boolean goesOn = stage == Stage.WORKING && !released;
        connectionBroken |= !goesOn;
        return goesOn;
    }

    /** The branch is over, if no work has begun in it. */
    synchronized boolean finishUnlessBegun() {
        if (stage != Stage.CREATED && stage != Stage.FINISHED) {
            return false;
        }
        stage = Stage.FINISHED;
        return true;
    }

    /** The driver refused to begin with that flag. */
    synchronized void didNotWork(int flag) {
        if (stage == Stage.WORKING) {
            stage = flag == XAResource.TMNOFLAGS ? Stage.CREATED : Stage.ENDED;
        }
    }

    /** Whether there was work that ends now. */
    synchronized boolean endWork() {
        if (stage != Stage.WORKING) {
            return false;
        }
        stage = Stage.ENDED;
        return true;
    }

    synchronized void enterDriver() {
        inDriver = true;
    }

    synchronized void leaveDriver() {
        inDriver = false;
        if (released && stage == Stage.PREPARED) {
            stage = Stage.DETACHED;
        }
    }

    synchronized Handover release() {
        boolean open = stage == Stage.WORKING || stage == Stage.ENDED;
        boolean fit = !connectionBroken && !inDriver && (stage == Stage.FINISHED || stage == Stage.PREPARED);
        boolean sever = inDriver || open;
        connectionBroken |= sever;
        released = true;
        if (!inDriver && stage == Stage.PREPARED) {
            stage = Stage.DETACHED;
        } else if (!inDriver && open) {
            stage = Stage.FINISHED;
        }
        return new Handover(fit, sever);
    }

    /** Whether nothing more will be done over the connection. */
    synchronized boolean isOver() {
        return !inDriver && (stage == Stage.FINISHED || stage == Stage.DETACHED);
    }

    /** The vote is not waited for any more. Whether a call is under way that is to be broken off. */
    synchronized boolean cutShort() {
        cutShort = true;
        boolean hangs = inDriver && stage != Stage.PREPARED;
        connectionBroken |= hangs;
        return hangs;
    }

    /** Why the branch cannot be prepared; empty if it can. */
    synchronized Optional<String> objectionToPrepare(String resource) {
        if (stage == Stage.WORKING) {
            return Optional.of("work in " + resource + " is still under way");
        }
        if (stage != Stage.ENDED) {
            return Optional.of("the branch in " + resource + " is not open any more");
        }
        return cutShort
                ? Optional.of("the transaction was over before " + resource + " came to prepare")
                : Optional.empty();
    }

    synchronized void breakConnection() {
        connectionBroken = true;
    }

    /** An answer of the connection was unclear: the branch is driven over fresh ones from now on. */
    synchronized void detach() {
        connectionBroken = true;
        stage = Stage.DETACHED;
    }

    /** Takes the connection away with all that was done on it, if work is under way there; whether it was. */
    synchronized boolean takeFromWork() {
        if (stage != Stage.WORKING) {
            return false;
        }
        connectionBroken = true;
        stage = Stage.FINISHED;
        return true;
    }
}
