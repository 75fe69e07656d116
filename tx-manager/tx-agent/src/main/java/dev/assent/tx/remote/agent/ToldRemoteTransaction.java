package dev.assent.tx.remote.agent;

import dev.assent.event.EventStream;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.news.BranchNews;
import dev.assent.tx.news.OutcomeName;
import dev.assent.tx.spi.Participant;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A transaction as this service takes part in it, of which is told: its branches here, and its life if it was begun here. The
 * coordinator, which sees all branches, tells its own.
 */
final class ToldRemoteTransaction implements GlobalTransaction {
    private final GlobalTransaction transaction;
    private final EventStream events;
    private final Clock clock;
    private final Function<BranchName, String> resources;
    private final long begunNanos;
    private final String trace;
    private final AtomicInteger branches = new AtomicInteger();
    private volatile long endingNanos;

    /** @param resources the name of a branch's resource */
    ToldRemoteTransaction(
            GlobalTransaction transaction, EventStream events, Clock clock, Function<BranchName, String> resources) {
        this.transaction = transaction;
        this.events = events;
        this.clock = clock;
        this.resources = resources;
        this.begunNanos = clock.nanos();
        this.trace = transaction.isOriginator()
                ? events.tracing().begin(transaction.id())
                : events.tracing().current();
        if (transaction.isOriginator()) {
            events.tell(new TransactionEvent.Begun(id(), deadline().toEpochMilli(), trace));
            transaction.onCompletion(this::ended);
        }
    }

    private void ended(Outcome outcome) {
        long now = clock.nanos();
        long since = endingNanos == 0 ? now : endingNanos;
        events.tell(new TransactionEvent.Ended(id(), OutcomeName.of(outcome), now - begunNanos, now - since));
    }

    @Override
    public void enlist(BranchId branch, Participant participant) {
        BranchName name = BranchName.fromBytes(branch.bqual());
        BranchNews news = new BranchNews(events, id(), name.number(), resources.apply(name));
        transaction.enlist(branch, new ToldParticipant(participant, news, clock));
        branches.incrementAndGet();
        news.enlisted(trace);
    }

    @Override
    public String trace() {
        return trace;
    }

    @Override
    public Outcome commit() {
        return ending(true, transaction::commit);
    }

    @Override
    public Outcome rollback(String cause) {
        return ending(false, () -> transaction.rollback(cause));
    }

    private Outcome ending(boolean commit, Supplier<Outcome> end) {
        if (!isOriginator()) {
            return end.get(); // which refuses
        }
        long began = clock.nanos();
        endingNanos = began;
        events.tell(new TransactionEvent.Ending(id(), commit, branches.get()));
        Outcome outcome = end.get();
        events.tell(new TransactionEvent.Answered(id(), OutcomeName.of(outcome), clock.nanos() - began));
        return outcome;
    }

    @Override
    public String token() {
        return transaction.token();
    }

    @Override
    public String id() {
        return transaction.id();
    }

    @Override
    public Instant deadline() {
        return transaction.deadline();
    }

    @Override
    public Optional<String> clockComplaint() {
        return transaction.clockComplaint();
    }

    @Override
    public boolean isOriginator() {
        return transaction.isOriginator();
    }

    @Override
    public void decideIn(String resourceManager) {
        transaction.decideIn(resourceManager);
    }

    @Override
    public void decideInStore() {
        transaction.decideInStore();
    }

    @Override
    public BranchId newBranch(String resourceManager) {
        return transaction.newBranch(resourceManager);
    }

    @Override
    public Call enter() {
        return transaction.enter();
    }

    @Override
    public void setRollbackOnly(String cause) {
        transaction.setRollbackOnly(cause);
    }

    @Override
    public boolean isRollbackOnly() {
        return transaction.isRollbackOnly();
    }

    @Override
    public void onCompletion(Consumer<Outcome> listener) {
        transaction.onCompletion(listener);
    }

    @Override
    public void onWorkDropped(Runnable listener) {
        transaction.onWorkDropped(listener);
    }
}
