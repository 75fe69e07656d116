package dev.assent.rm.testing;

import dev.assent.event.EventSource;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.ResourceManager;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Two-phase commit over real participants, with the decision in memory: all that tests of adapters need. */
public final class MemoryTransactionService implements TransactionService {
    private final Clock clock;
    private final EventStream events = new EventStream(Clock.SYSTEM);
    private final Map<String, ResourceManager> resources = new ConcurrentHashMap<>();
    private final Map<String, MemoryTransaction> transactions = new ConcurrentHashMap<>();
    private volatile Runnable decision = () -> {};

    public MemoryTransactionService() {
        this(Clock.SYSTEM);
    }

    public MemoryTransactionService(Clock clock) {
        this.clock = clock;
    }

    /** Tells nothing, but has who makes spans make them. */
    @Override
    public EventSource events() {
        return events;
    }

    @Override
    public void register(ResourceManager resource) {
        resources.put(resource.name(), resource);
    }

    @Override
    public void deregister(String resourceManager) {
        resources.remove(resourceManager);
    }

    @Override
    public GlobalTransaction begin(Duration timeout) {
        MemoryTransaction transaction =
                new MemoryTransaction(clock.instant().plus(timeout), clock, () -> decision.run());
        transactions.put(transaction.token(), transaction);
        return transaction.view(true, events.tracing().begin(transaction.token()));
    }

    @Override
    public GlobalTransaction join(String token) {
        MemoryTransaction transaction = transactions.get(token);
        if (transaction == null) {
            throw new TransactionServiceException("the token \"" + token + "\" is not one of this coordinator", false);
        }
        return transaction.view(false, events.tracing().current());
    }

    @Override
    public Outcome outcome(String token) {
        MemoryTransaction transaction = transactions.get(token);
        return transaction == null ? new Outcome.Unknown("no such transaction") : transaction.outcome();
    }

    public ResourceManager resource(String name) {
        ResourceManager resource = resources.get(name);
        if (resource == null) {
            throw new IllegalArgumentException("nothing is registered as " + name);
        }
        return resource;
    }

    /** Runs {@code work} from now on when every branch is prepared and none committed. */
    public void atDecision(Runnable work) {
        decision = work;
    }

    /** What a coordinator does that finds the transaction past its deadline while somebody works in it. */
    public void giveUp(String token) {
        MemoryTransaction transaction = transactions.get(token);
        if (transaction != null) {
            transaction.rollback("given up");
        }
    }

    /** What a process does in a transaction whose coordinator it cannot ask. */
    public void dropWork(String token) {
        MemoryTransaction transaction = transactions.get(token);
        if (transaction != null) {
            transaction.dropWork();
        }
    }

    public int begun() {
        return transactions.size();
    }

    @Override
    public void close() {
        transactions.clear();
    }
}
