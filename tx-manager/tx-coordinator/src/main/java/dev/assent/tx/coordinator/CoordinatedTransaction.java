package dev.assent.tx.coordinator;

import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.end.OutcomeOnce;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.spi.DecisionTable;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction whose branches and coordinator live in this JVM. Thread-safe. */
final class CoordinatedTransaction implements StagedTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatedTransaction.class);

    private final Transactions service;
    /** Until somebody was told it, it may still be given a resource that decides it. */
    private volatile GlobalTxId id;

    private final String expired;
    private final List<Branch> branches = new ArrayList<>();
    private final Set<BranchName> enlisted = new HashSet<>();
    private final OutcomeOnce end;
    private final TransactionNews news;
    private int nextBranch = 1;
    private int callsUnderWay;
    private boolean told;
    private boolean hasPoint;
    private @Nullable String rollbackOnly;
    private @Nullable TransactionRun<?, ?> run;
    private volatile boolean toldToOthers;

    /** @param expired why it is rolled back past its deadline */
    CoordinatedTransaction(Transactions service, GlobalTxId id, String expired) {
        this.service = service;
        this.id = id;
        this.end = new OutcomeOnce(id.unique(), service.listeners());
        this.expired = expired;
        this.news = service.news();
    }

    /** Its outcome is told, before all branches have ended, to somebody who may end them by it. */
    void toldToOthers() {
        toldToOthers = true;
    }

    boolean isToldToOthers() {
        return toldToOthers;
    }

    GlobalTxId globalId() {
        return id;
    }

    /** As it is from now on. */
    private synchronized GlobalTxId toldId() {
        fixId();
        return id;
    }

    /** It is called so from now on. */
    private synchronized void fixId() {
        told = true;
        news.named(id);
    }

    @Override
    public String token() {
        return TransactionToken.format(toldId());
    }

    @Override
    public String id() {
        return toldId().toHex();
    }

    @Override
    public String trace() {
        if (news.isTraced()) { // else nothing is fixed for the sake of a span that there is not
            fixId();
        }
        return news.trace();
    }

    @Override
    public void decideIn(String resourceManager) {
        ResourceName resource = new ResourceName(resourceManager);
        service.requireUsable(resource, id.deadlineEpochMillis());
        synchronized (this) {
            if (told) {
                throw new TransactionServiceException(
                        "it is too late to say where transaction " + id + " is decided: say it before its first branch,"
                                + " and before its token or id is asked for",
                        false);
            }
            if (service.resource(resource).decisions().isEmpty() || !service.mayDecideInResource(id)) {
                throw new TransactionServiceException(
                        "resource '" + resourceManager + "' keeps no decisions: register it as one that does", false);
            }
            id = id.decidedIn(resource.hash());
            fixId();
        }
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
    public BranchId newBranch(String resourceManager) {
        ResourceName resource = new ResourceName(resourceManager);
        service.requireUsable(resource, id.deadlineEpochMillis()); // may wait, so without the monitor
        return next(resource, service.resource(resource));
    }

    private synchronized BranchId next(ResourceName resource, ResourceManager home) {
        boolean decides =
                !told && service.mayDecideInResource(id) && home.decisions().isPresent();
        if (decides && (isUnasked(resource, home) || !home.canPrepare())) {
            id = id.decidedIn(resource.hash());
        }
        fixId();
        requirePlaceFor(resource, home);
        BranchName name = new BranchName(resource.hash(), nextBranch++, id.key().incarnation());
        return name.in(id);
    }

    private boolean isUnasked(ResourceName resource, ResourceManager home) {
        return home.decisions().filter(DecisionTable::isDefault).isPresent() && service.mayDecideUnasked(resource);
    }

    @Override
    public synchronized void decideInStore() {
        fixId();
    }

    /** One that cannot prepare decides, or is the only one. */
    private void requirePlaceFor(ResourceName resource, ResourceManager home) {
        if (home.canPrepare()) {
            return;
        }
        if (!id.commitPoint().equals(Optional.of(resource.hash()))) {
            throw new TransactionServiceException(
                    "resource '" + resource.text()
                            + "' cannot prepare, so it takes part only if it decides, and transaction "
                            + id
                            + " is decided elsewhere: use it before the others, or name it with decideIn; there can"
                            + " be one such resource",
                    false);
        }
        if (hasPoint) {
            throw new TransactionServiceException(
                    "resource '" + resource.text() + "' cannot prepare, and takes part in transaction " + id
                            + " already over another connection: use one connection of it",
                    false);
        }
        hasPoint = true;
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
        if (branches.size() == DecisionRecord.BRANCHES_MAX) {
            throw new TransactionServiceException(
                    "transaction " + id + " has " + DecisionRecord.BRANCHES_MAX + " branches, as many as a decision can"
                            + " name; do the work in several transactions, or over fewer connections",
                    false);
        }
        enlisted.add(name);
        Branch added = new Branch(branch, name, participant);
        branches.add(added);
        news.enlisted(added);
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
            rollbackOnly = expired;
        }
        return rollbackOnly != null;
    }

    @Override
    public Outcome commit() {
        return ending(this::firstInput).await(service.patience());
    }

    private TransactionInput firstInput() {
        if (callsUnderWay > 0) {
            setRollbackOnly("a call of the transaction was still under way at commit");
        }
        return isRollbackOnly()
                ? new TransactionInput.RollbackAsked(String.valueOf(rollbackOnly))
                : new TransactionInput.CommitAsked();
    }

    @Override
    public Outcome rollback(String cause) {
        return rollback(cause, service.patience());
    }

    /** The same, answered with what is known after {@code patience}. */
    Outcome rollback(String cause, Duration patience) {
        return ending(() -> new TransactionInput.RollbackAsked(cause)).await(patience);
    }

    @Override
    public CompletionStage<Outcome> commitStage() {
        return ending(this::firstInput).within(service.patience());
    }

    @Override
    public CompletionStage<Outcome> rollbackStage(String cause) {
        return ending(() -> new TransactionInput.RollbackAsked(cause)).within(service.patience());
    }

    /** The end that is under way, begun by another thread or by expiry; else one that begins with {@code how}. */
    private TransactionRun<?, ?> ending(Supplier<TransactionInput> how) {
        TransactionRun<?, ?> mine;
        synchronized (this) {
            if (run != null) {
                return run;
            }
            mine = begin(how.get());
        }
        mine.start();
        return mine;
    }

    /** Called from time to time: past its deadline the transaction ends, whoever works in it. */
    void expireIfDue(long nowEpochMillis) {
        TransactionRun<?, ?> running;
        TransactionRun<?, ?> mine = null;
        synchronized (this) {
            if (!id.isPastDeadline(nowEpochMillis)) {
                return;
            }
            setRollbackOnly(expired);
            running = run;
            if (running == null) {
                mine = begin(new TransactionInput.RollbackAsked(expired));
            }
        }
        if (mine != null) {
            LOG.warn("transaction {} has expired and is rolled back", id);
            mine.start();
        } else if (running != null) {
            running.expire(expired);
        }
    }

    /** Whoever sees the run, as the deadline may, comes after {@code first}. It is started without the lock. */
    private synchronized TransactionRun<?, ?> begin(TransactionInput first) {
        news.named(id);
        TransactionRun<?, ?> begun = service.run(id, branches, news);
        begun.beginsWith(first);
        news.ending(first instanceof TransactionInput.CommitAsked, branches.size());
        run = begun;
        return begun;
    }

    @Override
    public void onCompletion(Consumer<Outcome> listener) {
        end.onEnd(listener);
    }

    /** The stage completes when every listener has heard it, on threads that they may hold as long as they like. */
    CompletionStage<Void> learned(Outcome outcome) {
        return end.end(outcome);
    }
}
