package dev.assent.rm.tcc;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.GlobalTxId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One pair of confirm and cancel with a name, and the way to try. Made by {@link TccResource#participant}. Thread-safe.
 *
 * @param <A> the arguments
 */
public final class TccParticipant<A> {
    private final TccResource home;
    private final String name;
    private final ArgumentCodec<A> codec;
    private final TccAction<A> action;

    TccParticipant(TccResource home, String name, ArgumentCodec<A> codec, TccAction<A> action) {
        this.home = home;
        this.name = name;
        this.codec = codec;
        this.action = action;
    }

    public String name() {
        return name;
    }

    /** What a try does and gives back. */
    public interface Try<R> {
        /** Over the connection of the try's local transaction. */
        R over(Connection connection) throws Exception;
    }

    /**
     * Tries, as a new branch of the current thread's transaction: {@link TccAction#attempt} in a local transaction, which
     * has committed when this returns.
     *
     * @throws TryRefusedException the branch was cancelled meanwhile; nothing was done
     * @throws IllegalStateException there is no transaction, it takes no more work, or the local transaction failed; the
     *     global one can only roll back, and the cause tells why
     * @throws IllegalArgumentException the arguments are too large; nothing was done
     */
    public void attempt(A arguments) {
        work(home.ofThread(), arguments, connection -> {
            action.attempt(connection, arguments);
            return Optional.empty();
        });
    }

    /** The same in a transaction that no thread is bound to. */
    public void attempt(GlobalTransaction transaction, A arguments) {
        work(Enlisting.of(transaction), arguments, connection -> {
            action.attempt(connection, arguments);
            return Optional.empty();
        });
    }

    /**
     * As {@link #attempt(Object)}, with {@code work} instead of the action's own, and what it returns.
     *
     * @throws Exception what {@code work} throws; the global transaction can only roll back
     */
    public <R> R attempt(A arguments, Try<R> work) throws Exception {
        try {
            return work(home.ofThread(), arguments, work);
        } catch (TryFailed failed) {
            if (failed.getCause() instanceof Exception cause && failed.isOfWork()) {
                throw cause;
            }
            throw failed;
        }
    }

    private <R> R work(Enlisting transaction, A arguments, Try<R> work) {
        byte[] kept = kept(arguments);
        TccBranch[] own = new TccBranch[1];
        BranchId branch = transaction.enlist(home.name(), id -> {
            own[0] = home.branch();
            return own[0];
        });
        try {
            R result = transaction.outside(() -> home.local().run(connection -> {
                FenceTable.Row row = new FenceTable.Row(FenceState.TRIED, name, kept);
                if (!home.fence().insert(connection, branch, row, deadline(branch))) {
                    throw refused(connection, branch);
                }
                return OfWork.run(() -> work.over(connection));
            }));
            own[0].tried();
            return result;
        } catch (LocalFailure failed) {
            transaction.setRollbackOnly("the try of " + name + " failed: " + failed.getMessage());
            throw thrown(failed);
        } catch (Exception bug) {
            transaction.setRollbackOnly("the try of " + name + " failed: " + bug);
            throw new IllegalStateException(bug);
        }
    }

    private RuntimeException thrown(LocalFailure failed) {
        if (failed.why() instanceof TryRefusedException refused) {
            return refused;
        }
        boolean ofWork = failed.why() instanceof OfWork;
        Throwable cause = failed.why() instanceof OfWork work ? work.thrown() : failed.why();
        String how = failed.mayHaveCommitted()
                ? " has not confirmed that it committed, and will be cancelled if it did: "
                : " did nothing: ";
        return new TryFailed("the try of " + name + how + cause, cause, ofWork);
    }

    private TryRefusedException refused(Connection connection, BranchId branch) throws SQLException {
        Optional<FenceState> row = home.fence().locked(connection, branch).map(FenceTable.Row::state);
        return new TryRefusedException(
                row.isPresent()
                        ? "the try of " + name + " came too late: its branch was " + row.get()
                                + " already, as its transaction could not wait for it. Nothing was done"
                        : "the try of " + name + " came too late: its transaction is long past its deadline by the"
                                + " database's clock. Nothing was done");
    }

    private byte[] kept(A arguments) {
        byte[] kept;
        try {
            kept = codec.write(arguments);
        } catch (IOException e) {
            throw new IllegalArgumentException("the arguments of " + name + " cannot be kept: " + e.getMessage(), e);
        }
        if (kept.length > home.limits().argumentsBytesMax()) {
            throw new IllegalArgumentException(
                    "the arguments of " + name + " take " + kept.length + " bytes, and at most "
                            + home.limits().argumentsBytesMax()
                            + " are kept (TccLimits.argumentsBytesMax): keep them in a table"
                            + " of yours, and hand over their key");
        }
        return kept;
    }

    static OptionalLong deadline(BranchId branch) {
        try {
            return OptionalLong.of(GlobalTxId.fromBytes(branch.gtrid()).deadlineEpochMillis());
        } catch (IllegalArgumentException ofAnotherService) {
            return OptionalLong.empty();
        }
    }

    void confirm(Connection connection, byte[] arguments) throws Exception {
        action.confirm(connection, codec.read(arguments));
    }

    void cancel(Connection connection, byte[] arguments) throws Exception {
        action.cancel(connection, codec.read(arguments));
    }

    /** What the work itself has thrown. */
    private static final class OfWork extends Exception {
        private static final long serialVersionUID = 1L;

        private final Exception thrown;

        private OfWork(Exception cause) {
            super(cause.getMessage(), cause);
            this.thrown = cause;
        }

        Exception thrown() {
            return thrown;
        }

        static <R> R run(Callable<R> work) throws OfWork {
            try {
                return work.call();
            } catch (Exception e) {
                throw new OfWork(e);
            }
        }
    }

    /** A try that did not come through. */
    private static final class TryFailed extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        private final boolean ofWork;

        TryFailed(String message, @Nullable Throwable cause, boolean ofWork) {
            super(message, cause);
            this.ofWork = ofWork;
        }

        boolean isOfWork() {
            return ofWork;
        }
    }
}
