package dev.assent.rm.atomikos;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.icatch.CompositeTransaction;
import com.atomikos.icatch.CompositeTransactionManager;
import com.atomikos.icatch.config.Configuration;
import dev.assent.event.Lane;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a service that Atomikos runs, as branches of Assent transactions: what is done within {@link #work}
 * commits or rolls back with the Assent transaction of the thread, in however many resources it is. Atomikos keeps its log
 * in the replicated store, as this package does that. Thread-safe.
 */
public final class AtomikosResource implements ResourceManager {
    /**
     * How long past its transaction's deadline a branch may wait, prepared, before Atomikos gives it up: its pooled
     * connections come back only if it is told the end before.
     */
    private static final Duration GRACE = Duration.ofDays(1);

    private final String name;
    private final SubordinateVotes votes;
    private final Clock clock;
    private final Bulkhead working;
    private final Bulkhead recovering;
    private final SubordinateParticipant participant;
    private volatile @Nullable AssentTransactions transactions;

    private AtomikosResource(String name, SubordinateVotes votes, Clock clock) {
        this.name = new ResourceName(name).text();
        this.votes = votes;
        this.clock = clock;
        recovering = new Bulkhead(name + "-recovery", Bulkhead.Limits.DEFAULT);
        working = new Bulkhead(name, Bulkhead.Limits.DEFAULT);
        participant = new SubordinateParticipant(name, votes, working, recovering);
    }

    /**
     * For the Atomikos of this process, which is up, with its resources.
     *
     * @param name for recovery: 1 to 64 of [A-Za-z0-9._-]; another one for each {@code tm_unique_name}, and the same
     *     whenever a process of that name starts
     * @throws IllegalStateException Atomikos is not up, or does not keep its log in the replicated store
     */
    public static AtomikosResource open(String name) {
        if (!(Configuration.getRecoveryLog() instanceof ReplicatedLog log)) {
            throw new IllegalStateException("Atomikos is not up, or keeps its own log (" + LogSettings.ENABLED
                    + "=false), whose recovery rolls back what a superior has decided to commit: start Atomikos with"
                    + " the replicated log first");
        }
        return new AtomikosResource(name, log.subordinates(), Clock.SYSTEM);
    }

    /** From now on work belongs to {@code in}, and branches left by an earlier process are ended by this one. */
    public void takePart(AssentTransactions in) {
        transactions = in;
        in.register(this);
    }

    /**
     * Runs {@code work} in a transaction of Atomikos' that is a branch of the thread's Assent transaction; outside of
     * one, just so. Another transaction of Atomikos' that the thread is in is put away meanwhile. Work that throws, or
     * ends the transaction by itself, makes the Assent transaction roll back.
     *
     * @throws IllegalStateException Atomikos takes no more; nothing was done, and the Assent transaction can only roll
     *     back
     * @throws Exception what {@code work} throws
     */
    public <T> T work(Callable<T> work) throws Exception {
        AssentTransactions in = known();
        if (in.getStatus() == Status.STATUS_NO_TRANSACTION) {
            return work.call();
        }
        CompositeTransactionManager atomikos = Configuration.getCompositeTransactionManager();
        CompositeTransaction outer = atomikos.suspend();
        try {
            return imported(in, atomikos, work);
        } finally {
            CompositeTransaction unused = atomikos.suspend();
            if (outer != null) {
                atomikos.resume(outer);
            }
        }
    }

    private <T> T imported(AssentTransactions in, CompositeTransactionManager atomikos, Callable<T> work)
            throws Exception {
        Subordinate subordinate = bind(in, atomikos);
        T result;
        try {
            result = work.call();
        } catch (Exception | Error failed) {
            subordinate.setRollbackOnly();
            fails(in, "work in " + name + " failed: " + failed, failed);
            throw failed;
        }
        if (!subordinate.isBound(atomikos)) {
            subordinate.setRollbackOnly();
            fails(in, "work in " + name + " has ended its transaction by itself, or left one within it open", null);
        }
        return result;
    }

    private Subordinate bind(AssentTransactions in, CompositeTransactionManager atomikos) throws RollbackException {
        Enlisted enlisted = (Enlisted) in.getResource(this);
        if (enlisted == null) {
            enlisted = enlist(in);
            in.putResource(this, enlisted);
        }
        try {
            enlisted.subordinate().bind(atomikos, timeoutMillis(enlisted.branch()));
            return enlisted.subordinate();
        } catch (IllegalStateException refused) {
            fails(in, String.valueOf(refused.getMessage()), refused);
            throw refused;
        }
    }

    private record Enlisted(BranchId branch, Subordinate subordinate) {}

    private Enlisted enlist(AssentTransactions in) throws RollbackException {
        Subordinate[] made = new Subordinate[1];
        BranchId branch = in.enlist(name, id -> {
            made[0] = new Subordinate(id, votes.tmUniqueName(), AtomikosResource::registered);
            participant.begins(id, made[0]);
            return participant;
        });
        return new Enlisted(branch, made[0]);
    }

    private static List<String> registered() {
        return Configuration.getResources().stream()
                .map(RecoverableResource::getName)
                .toList();
    }

    /** The deadline is kept by the Assent transaction; Atomikos shall not be the first to give up. */
    private long timeoutMillis(BranchId branch) {
        long left = GlobalTxId.fromBytes(branch.gtrid()).deadlineEpochMillis() - clock.epochMillis();
        long wanted = Math.max(0, left) + GRACE.toMillis();
        long max = Configuration.getConfigProperties().getMaxTimeout();
        return max > 0 ? Math.min(wanted, max) : wanted;
    }

    private static void fails(AssentTransactions in, String cause, @Nullable Throwable why) {
        try {
            in.noteFailure(cause);
            in.setRollbackOnly();
        } catch (IllegalStateException over) {
            // It has ended meanwhile, by rollback, as work was under way here.
            if (why != null) {
                why.addSuppressed(over);
            }
        }
    }

    private AssentTransactions known() {
        AssentTransactions known = transactions;
        if (known == null) {
            throw new IllegalStateException("resource " + name + " takes no part in transactions yet: call takePart");
        }
        return known;
    }

    /** Branches that work here, or have not been told their end: for tests and people. */
    int liveCount() {
        return participant.liveCount();
    }

    /** How the branch stands with Atomikos in this process. */
    SubordinateRule.Coordinator coordinator(BranchId branch) {
        return participant.coordinator(branch);
    }

    @Override
    public Optional<Lane> lane() {
        return Optional.of(working);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt() {
        return recovering.ask(votes::inDoubt);
    }

    @Override
    public CompletionStage<Optional<ResourceIdentity>> identity() {
        return CompletableFuture.completedStage(Optional.of(votes.identity()));
    }

    @Override
    public String localName(BranchId branch) {
        return "in Atomikos' log as http://assent/..., under the transaction's id in each resource";
    }

    @Override
    public Participant recoverer() {
        return participant;
    }
}
