package dev.assent.tx.coordinator;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.protocol.TwoPhaseCommit;
import dev.assent.tx.protocol.TwoPhaseInput;
import dev.assent.tx.spi.Participant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction whose branches and coordinator live in this JVM. Thread-safe. */
final class CoordinatedTransaction implements GlobalTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatedTransaction.class);
    static final String EXPIRED = "the transaction's time-out expired before it was decided";

    private final TransactionEngine service;
    private final GlobalTxId id;
    private final List<Branch> branches = new ArrayList<>();
    private final Set<BranchName> enlisted = new HashSet<>();
    private final List<Consumer<Outcome>> listeners = new ArrayList<>();
    private int nextBranch = 1;
    private int callsUnderWay;
    private @Nullable String rollbackOnly;
    private @Nullable TransactionRun run;
    private @Nullable Outcome learned;

    CoordinatedTransaction(TransactionEngine service, GlobalTxId id) {
        this.service = service;
        this.id = id;
    }

    GlobalTxId globalId() {
        return id;
    }

    @Override
    public String token() {
        return TransactionToken.format(id);
    }

    @Override
    public String id() {
        return id.toHex();
    }

    @Override
    public Instant deadline() {
        return Instant.ofEpochMilli(id.deadlineEpochMillis());
    }

    @Override
    public boolean isOriginator() {
        return true;
    }

    @Override
    public synchronized BranchId newBranch(String resourceManager) {
        ResourceName.Hash resource = new ResourceName(resourceManager).hash();
        if (!service.isRegistered(resource)) {
            throw new TransactionServiceException(
                    "resource '" + resourceManager + "' is not registered: register it before it takes part, so that"
                            + " its branches can be recovered",
                    false);
        }
        BranchName name = new BranchName(resource, nextBranch++, id.key().incarnation());
        return name.in(id);
    }

    @Override
    public synchronized void enlist(BranchId branch, Participant participant) {
        BranchName name = BranchName.fromBytes(branch.bqual());
        if (!branch.equals(name.in(id)) || enlisted.contains(name)) {
            throw new TransactionServiceException(
                    "branch " + branch + " does not belong to transaction " + id + ", or is enlisted already: name each"
                            + " branch with newBranch, once",
                    false);
        }
        if (run != null) {
            throw new TransactionServiceException("transaction " + id + " is ending; begin another one", false);
        }
        if (isRollbackOnly()) {
            throw new TransactionServiceException(
                    "transaction " + id + " can only roll back (" + rollbackOnly + "); begin another one", false);
        }
        enlisted.add(name);
        branches.add(new Branch(branch, name, participant));
    }

    @Override
    public synchronized Call enter() {
        callsUnderWay++;
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                left();
            }
        };
    }

    private synchronized void left() {
        callsUnderWay--;
    }

    @Override
    public synchronized void setRollbackOnly(String cause) {
        if (rollbackOnly == null) {
            rollbackOnly = cause;
        }
    }

    @Override
    public synchronized boolean isRollbackOnly() {
        if (rollbackOnly == null && run == null && id.isPastDeadline(service.nowEpochMillis())) {
            rollbackOnly = EXPIRED;
        }
        return rollbackOnly != null;
    }

    @Override
    public Outcome commit() {
        TransactionRun running;
        TransactionRun mine = null;
        TwoPhaseInput first = new TwoPhaseInput.CommitAsked();
        synchronized (this) {
            running = run;
            if (running == null) {
                first = firstInput();
                mine = begin();
            }
        }
        return mine == null ? ending(running) : mine.drive(first, service.patience());
    }

    private synchronized TwoPhaseInput firstInput() {
        if (callsUnderWay > 0) {
            setRollbackOnly("a call of the transaction was still under way at commit");
        }
        return isRollbackOnly()
                ? new TwoPhaseInput.RollbackAsked(String.valueOf(rollbackOnly))
                : new TwoPhaseInput.CommitAsked();
    }

    @Override
    public Outcome rollback(String cause) {
        return rollback(cause, service.patience());
    }

    /** The same, answered with what is known after {@code patience}. */
    Outcome rollback(String cause, Duration patience) {
        TransactionRun running;
        TransactionRun mine = null;
        synchronized (this) {
            running = run;
            if (running == null) {
                mine = begin();
            }
        }
        return mine == null
                ? Objects.requireNonNull(running).await(patience)
                : mine.drive(new TwoPhaseInput.RollbackAsked(cause), patience);
    }

    /** Called from time to time: past its deadline the transaction ends, whoever works in it. */
    void expireIfDue(long nowEpochMillis) {
        TransactionRun running;
        TransactionRun mine = null;
        synchronized (this) {
            if (!id.isPastDeadline(nowEpochMillis)) {
                return;
            }
            setRollbackOnly(EXPIRED);
            running = run;
            if (running == null) {
                mine = begin();
            }
        }
        if (mine != null) {
            LOG.warn("transaction {} has expired and is rolled back", id);
            mine.start(new TwoPhaseInput.RollbackAsked(EXPIRED));
        } else if (running != null) {
            running.expire();
        }
    }

    private synchronized TransactionRun begin() {
        TransactionRun started = new TransactionRun(
                service.host(),
                id,
                branches,
                new TwoPhaseCommit(branches.size(), service.retries(), TransactionEngine.loneBranch(id)));
        run = started;
        return started;
    }

    /** The answer of an end that is under way, given by another thread or by expiry. */
    private Outcome ending(@Nullable TransactionRun running) {
        return Objects.requireNonNull(running).await(service.patience());
    }

    @Override
    public void onCompletion(Consumer<Outcome> listener) {
        Outcome known;
        synchronized (this) {
            known = learned;
            if (known == null) {
                listeners.add(listener);
            }
        }
        if (known != null) {
            listener.accept(known);
        }
    }

    void learned(Outcome outcome) {
        List<Consumer<Outcome>> told;
        synchronized (this) {
            learned = outcome;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        for (Consumer<Outcome> listener : told) {
            tell(listener, outcome);
        }
    }

    private void tell(Consumer<Outcome> listener, Outcome outcome) {
        try {
            listener.accept(outcome);
        } catch (RuntimeException e) {
            LOG.warn("a completion listener of {} failed", id, e);
        }
    }
}
