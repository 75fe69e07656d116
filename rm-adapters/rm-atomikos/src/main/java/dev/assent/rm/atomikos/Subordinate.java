package dev.assent.rm.atomikos;

import com.atomikos.icatch.CompositeTransaction;
import com.atomikos.icatch.CompositeTransactionManager;
import com.atomikos.icatch.HeurCommitException;
import com.atomikos.icatch.HeurHazardException;
import com.atomikos.icatch.HeurMixedException;
import com.atomikos.icatch.HeurRollbackException;
import com.atomikos.icatch.Participant;
import com.atomikos.icatch.Propagation;
import com.atomikos.icatch.RecoveryCoordinator;
import com.atomikos.icatch.RollbackException;
import com.atomikos.icatch.SysException;
import com.atomikos.icatch.imp.CompositeTransactionAdaptor;
import com.atomikos.icatch.imp.CoordinatorImp;
import com.atomikos.icatch.jta.TransactionManagerImp;
import com.atomikos.recovery.TxState;
import dev.assent.rm.atomikos.SubordinateRule.Coordinator;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One branch of an Assent transaction as an imported transaction of Atomikos', in the process that works on it. Calls of
 * Atomikos' coordinator block, so they run on threads of the application, then of the bulkhead, one at a time.
 */
final class Subordinate {
    private final BranchId branch;
    private final String domain;
    private final Supplier<? extends Collection<String>> registered;
    private final Above above;
    private volatile @Nullable CompositeTransaction imported;

    /**
     * @param domain Atomikos imports under a log of ours what has its own unique name, and nothing else
     * @param registered the names of all resources that Atomikos knows
     */
    Subordinate(BranchId branch, String domain, Supplier<? extends Collection<String>> registered) {
        this.branch = branch;
        this.domain = domain;
        this.registered = registered;
        above = new Above(domain, new Superior(branch, new TreeSet<>()));
    }

    /** Our side, as Atomikos' log names it. Read whenever a record is made. */
    private static final class Above implements RecoveryCoordinator {
        private final String domain;
        private volatile Superior superior;

        Above(String domain, Superior superior) {
            this.domain = domain;
            this.superior = superior;
        }

        @Override
        public String getURI() {
            return superior.uri();
        }

        @Override
        public String getRecoveryDomainName() {
            return domain;
        }
    }

    /**
     * Binds the imported transaction to the current thread, which is in no transaction of Atomikos': the same one in each
     * call, so that a call sees what the ones before did.
     *
     * @throws IllegalStateException Atomikos takes no more, or what an earlier call did is gone
     */
    void bind(CompositeTransactionManager atomikos, long timeoutMillis) {
        CompositeTransaction before = imported;
        if (before == null) {
            imported = importInto(atomikos, timeoutMillis);
        } else if (before.getState() == TxState.ACTIVE && coordinator() == Coordinator.WORKING) {
            atomikos.resume(before);
        } else {
            throw new IllegalStateException("Atomikos has given up what earlier calls did: they took longer than "
                    + LogSettings.MAX_TIMEOUT + " allows");
        }
    }

    private CompositeTransaction importInto(CompositeTransactionManager atomikos, long timeoutMillis) {
        CompositeTransactionAdaptor root = new CompositeTransactionAdaptor(branch.toString(), true, above);
        root.setProperty(TransactionManagerImp.JTA_PROPERTY_NAME, "true");
        try {
            return atomikos.recreateCompositeTransaction(new Propagation(domain, root, root, true, timeoutMillis));
        } catch (SysException | IllegalStateException | IllegalArgumentException e) {
            throw new IllegalStateException("Atomikos does not import the transaction: " + causeOf(e), e);
        }
    }

    /** Whether the current thread is in it, and not in one below or beside. */
    boolean isBound(CompositeTransactionManager atomikos) {
        CompositeTransaction current = atomikos.getCompositeTransaction();
        CompositeTransaction mine = imported;
        return current != null && mine != null && current.getTid().equals(mine.getTid());
    }

    /** Its coordinator will not prepare. */
    void setRollbackOnly() {
        CompositeTransaction mine = imported;
        if (mine != null) {
            mine.setRollbackOnly();
        }
    }

    private static String causeOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    Coordinator coordinator() {
        return known().map(CoordinatorImp::getState).map(Coordinator::in).orElse(Coordinator.NONE);
    }

    /** The transaction as Atomikos names it. */
    Optional<String> coordinatorId() {
        return known().map(CoordinatorImp::getCoordinatorId);
    }

    private Optional<CoordinatorImp> known() {
        return Optional.ofNullable(imported).map(mine -> (CoordinatorImp) mine.getCompositeCoordinator());
    }

    private CoordinatorImp here() {
        return known().orElseThrow(() -> new IllegalStateException("branch " + branch + " was never imported"));
    }

    /** The vote of the coordinator; a yes is in the log by then. */
    Vote prepare(CompositeTransactionManager atomikos) {
        CoordinatorImp asked = here();
        try {
            endWork(atomikos);
            Superior superior = new Superior(branch, resources(asked));
            if (superior.uri().length() > Superior.URI_CHARS_MAX) {
                return new Vote.Rollback("the names of the resources that took part do not fit into a record of the"
                        + " log: " + superior.resources());
            }
            above.superior = superior;
            asked.setGlobalSiblingCount(1); // one imported transaction a branch
            return asked.prepare() == Participant.READ_ONLY ? new Vote.ReadOnly() : new Vote.Prepared();
        } catch (RollbackException refused) {
            return new Vote.Rollback("Atomikos: " + causeOf(refused));
        } catch (HeurHazardException | HeurMixedException | SysException | IllegalStateException unclear) {
            return new Vote.Unconfirmed("Atomikos: " + causeOf(unclear));
        }
    }

    /** Runs what must run before completion, in the transaction. */
    private void endWork(CompositeTransactionManager atomikos)
            throws RollbackException, HeurHazardException, HeurMixedException {
        CompositeTransaction mine = imported;
        if (mine != null && mine.getState().isOneOf(TxState.ACTIVE, TxState.MARKED_ABORT)) {
            atomikos.resume(mine);
            try {
                mine.commit();
            } finally {
                CompositeTransaction unused = atomikos.suspend();
            }
        }
    }

    /** Where its work may be. A part without a resource's name, as a subtransaction, may have any. */
    private SortedSet<String> resources(CoordinatorImp asked) {
        SortedSet<String> names = new TreeSet<>();
        for (Participant part : asked.getParticipants()) {
            String name = part.getResourceName();
            if (name == null) {
                names.addAll(registered.get());
            } else {
                names.add(name);
            }
        }
        return names;
    }

    /** After a retry the log is asked, and not the coordinator again. */
    Completion commit() {
        CoordinatorImp told = here();
        try {
            told.commit(false);
            return new Completion.Done();
        } catch (HeurMixedException mixed) {
            return new Completion.Heuristic(
                    HeuristicOutcome.MIXED, "Atomikos: some resources rolled back by themselves");
        } catch (HeurRollbackException rolledBack) {
            return new Completion.Heuristic(
                    HeuristicOutcome.ROLLED_BACK, "Atomikos: the resources rolled back by themselves");
        } catch (RollbackException gone) {
            return told.getState() == TxState.TERMINATED
                    ? new Completion.Heuristic(HeuristicOutcome.MIXED, "Atomikos: " + causeOf(gone))
                    : new Completion.Retry("Atomikos: " + causeOf(gone));
        } catch (HeurHazardException | SysException | IllegalStateException unclear) {
            return new Completion.Retry("Atomikos: " + causeOf(unclear));
        }
    }

    /** As {@link #commit}. */
    Completion rollback() {
        CoordinatorImp told = here();
        try {
            leaveWork();
            told.rollback();
            return new Completion.Done();
        } catch (HeurMixedException mixed) {
            return new Completion.Heuristic(HeuristicOutcome.MIXED, "Atomikos: some resources committed by themselves");
        } catch (HeurCommitException committed) {
            return new Completion.Heuristic(
                    HeuristicOutcome.COMMITTED, "Atomikos: the resources committed by themselves");
        } catch (HeurHazardException | SysException | IllegalStateException unclear) {
            return new Completion.Retry("Atomikos: " + causeOf(unclear));
        }
    }

    /** A transaction that is not over keeps a place among those that Atomikos has at most. */
    private void leaveWork() {
        CompositeTransaction mine = imported;
        if (mine != null && mine.getState().isOneOf(TxState.ACTIVE, TxState.MARKED_ABORT)) {
            mine.rollback();
        }
    }
}
