package dev.assent.tx.api;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.Participant;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** A global transaction as one process takes part in it. Thread-safe; nothing here is bound to a thread. */
public interface GlobalTransaction {

    /** Unguessable printable ASCII, at most 256 characters, for headers; whoever holds it may join. */
    String token();

    /** The gtrid in hexadecimal: for logs and consoles. */
    String id();

    /**
     * The W3C traceparent that work in it belongs below, for headers of requests and of messages. Empty if nobody makes
     * spans in this process ({@link TransactionService#events}), or did not when it was begun or joined.
     */
    default String trace() {
        return "";
    }

    Instant deadline();

    /** What is wrong with this process's clock, so that it reads the deadline wrongly; empty if nothing is known. */
    default Optional<String> clockComplaint() {
        return Optional.empty();
    }

    /** Whether this process began it and so may end it; false for a transaction that was joined. */
    boolean isOriginator();

    /**
     * Names the resource whose branch decides this transaction, before its first branch is made and before anybody was
     * told its token or id. Then a branch of that resource has to take part, unless there is only one branch.
     *
     * @throws TransactionServiceException that resource cannot decide, or it is too late
     */
    default void decideIn(String resourceManager) {
        throw new TransactionServiceException(
                "transactions of this service are decided by coordinator nodes, not in '" + resourceManager
                        + "'; only a coordinator in the application's own process leaves that to a database",
                false);
    }

    /** No branch made from now on becomes the one that decides; without effect if there is one that does. */
    default void decideInStore() {}

    /** A new branch name for work in the resource of that registered name, unique in the transaction. */
    BranchId newBranch(String resourceManager);

    /**
     * Adds a branch before its work starts. From here on the transaction does not commit without it.
     *
     * @throws TransactionServiceException the transaction is ending, marked rollback-only or expired: do not start work
     */
    void enlist(BranchId branch, Participant participant);

    /**
     * Marks the beginning of a call that works in this transaction here; until it is closed, this process's branches
     * vote for rollback. Originators need none: their commit is the end of work.
     */
    Call enter();

    /** From now on the transaction can only roll back. */
    void setRollbackOnly(String cause);

    boolean isRollbackOnly();

    /**
     * Ends the transaction by two-phase commit. Blocks until phase 2 is through or cannot go on without recovery.
     * Never throws for an outcome.
     *
     * @throws IllegalStateException this process did not begin the transaction
     */
    Outcome commit();

    /**
     * Rolls back everywhere.
     *
     * @throws IllegalStateException this process did not begin the transaction
     */
    Outcome rollback(String cause);

    /**
     * Calls {@code listener} once, on some thread, when this process learns how the transaction ended. It hears
     * {@link Outcome.Unknown} only when this process has given up finding out: an embedded coordinator when it was
     * replaced while its decision was on the way; a process connected to coordinator nodes not before two minutes past
     * the deadline, after asking again and again. {@link TransactionService#outcome} can be asked even then.
     */
    void onCompletion(Consumer<Outcome> listener);

    /**
     * Calls {@code listener} at most once, on some thread, when this process has given its work in the transaction up
     * without knowing how it ended: branches that were not prepared are rolled back, so that what they held, as a
     * pool's connection, can be given back. {@link #onCompletion} follows when the outcome is known. By default it is
     * never called: a coordinator in this process knows the outcome, or has given up finding it out.
     */
    default void onWorkDropped(Runnable listener) {}

    /** Work under way; see {@link #enter}. */
    interface Call extends AutoCloseable {
        @Override
        void close();
    }
}
