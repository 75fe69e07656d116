package dev.assent.tx.remote.acceptor;

import dev.assent.tx.bulkhead.ThrottledLog;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.AcceptorStep;
import dev.assent.tx.protocol.paxos.Proposal;
import dev.assent.tx.protocol.paxos.Registers;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process' acceptor: steps its registers, one request of a transaction at a time, and makes each durable before it
 * answers. Thread-safe; nothing blocks.
 */
public final class AcceptorHost {

    /**
     * How much of it.
     *
     * @param registersMax transactions known at once, forgotten ones among them; requests about others are refused
     * @param waitingMax requests under way at once
     * @param foldedAfterMillis so long past its deadline a forgotten transaction is dropped, and all that are unknown
     *     from before then are refused
     */
    public record Limits(int registersMax, int waitingMax, long foldedAfterMillis) {
        public static final Limits DEFAULT = new Limits(200_000, 10_000, 60_000);
    }

    private static final Logger LOG = LoggerFactory.getLogger(AcceptorHost.class);

    /** From there on it is said that the room gets scarce. */
    private static final int FULL_PERCENT = 80;

    private final AcceptorLog log;
    private final Limits limits;
    private final ThrottledLog full = new ThrottledLog();
    private final Registers registers;
    private final Map<GlobalTxId, AcceptorAddresses> kept;
    /** Kept by this process' lives before, which voted in those resources: whether its branches have ended, they know. */
    private final Map<GlobalTxId, Set<ResourceName.Hash>> inherited = new ConcurrentHashMap<>();

    /** Of this life. */
    private final Map<GlobalTxId, Set<ResourceName.Hash>> votedIn = new ConcurrentHashMap<>();

    private final Map<GlobalTxId, CompletableFuture<AcceptorReply>> turns = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Predicate<GlobalTxId> needed = transaction -> false;
    private volatile PastLives pastLives = (transaction, resources) -> CompletableFuture.completedStage(false);

    public AcceptorHost(AcceptorLog log, Limits limits) {
        this.log = log;
        this.limits = limits;
        AcceptorLog.Contents contents = log.contents();
        registers = new Registers(contents.registers(), contents.horizonEpochMillis());
        kept = new ConcurrentHashMap<>(contents.kept());
        kept.keySet()
                .forEach(transaction ->
                        inherited.put(transaction, contents.votedIn().getOrDefault(transaction, Set.of())));
    }

    public AcceptorId id() {
        return log.id();
    }

    /**
     * The answer, once what it rests on is durable; fails with an {@link IOException} when it cannot be made so, or when
     * too much is under way. A failure says nothing about the register.
     */
    public CompletionStage<AcceptorReply> ask(GlobalTxId transaction, AcceptorRequest request) {
        if (waiting.incrementAndGet() > limits.waitingMax()) {
            waiting.decrementAndGet();
            return CompletableFuture.failedStage(new IOException(limits.waitingMax() + " requests are under way here"));
        }
        CompletableFuture<AcceptorReply> mine = inTurn(transaction, request);
        return request instanceof AcceptorRequest.Forget
                ? mine.thenCompose(forgotten -> released(transaction).thenApply(done -> forgotten))
                : mine;
    }

    /**
     * Who may forget the register need not know any more whom to ask; unless a branch here has not ended after all, as one
     * does that was prepared too late: it still has to ask.
     */
    private CompletionStage<Void> released(GlobalTxId transaction) {
        return kept.containsKey(transaction) && !needed.test(transaction)
                ? release(transaction)
                : CompletableFuture.completedStage(null);
    }

    /** Who the acceptors are is not forgotten while {@code unended} says so of a transaction. */
    public void keepWhile(Predicate<GlobalTxId> unended) {
        needed = unended;
    }

    /** What the resources of this process still hold of transactions that a life before voted in. Must not block. */
    @FunctionalInterface
    public interface PastLives {
        /** Whether nothing of it is in any of those resources; false, or a failure, if that is not known. */
        CompletionStage<Boolean> hasEnded(GlobalTxId transaction, Set<ResourceName.Hash> resources);
    }

    /** Who is asked about the lives before; before the first question. */
    public void asking(PastLives resources) {
        pastLives = resources;
    }

    /** Whether it makes sense to ask: not of a branch that this life knows to be unended, nor of one nobody knows where to find. */
    public boolean mayHaveEnded(GlobalTxId transaction) {
        boolean isNowhere = inherited.containsKey(transaction)
                && inherited.getOrDefault(transaction, Set.of()).isEmpty();
        return !needed.test(transaction) && !isNowhere;
    }

    /**
     * Whether no branch of this process' is unended, for certain. Says something only once it is decided: until then a branch
     * may be voted for. Fails if a resource gives no answer.
     */
    public CompletionStage<Boolean> hasEnded(GlobalTxId transaction) {
        if (needed.test(transaction)) {
            return CompletableFuture.completedStage(false);
        }
        Optional<Set<ResourceName.Hash>> before = Optional.ofNullable(inherited.get(transaction));
        if (before.isEmpty()) {
            return CompletableFuture.completedStage(true);
        }
        return before.get().isEmpty()
                ? CompletableFuture.completedStage(false) // kept by a release that did not say where it voted
                : pastLives.hasEnded(transaction, before.get());
    }

    /** This process' branches have ended: what is forgotten anyhow is released. */
    public void ended(GlobalTxId transaction) {
        boolean isForgotten;
        synchronized (registers) {
            isForgotten = registers.of(transaction).isForgotten();
        }
        if (isForgotten) {
            CompletionStage<Void> unused = released(transaction);
        }
    }

    private CompletableFuture<AcceptorReply> inTurn(GlobalTxId transaction, AcceptorRequest request) {
        CompletableFuture<AcceptorReply> mine = turns.compute(
                transaction,
                (same, last) -> last == null
                        ? step(transaction, request)
                        : last.handle((reply, failed) -> reply).thenCompose(before -> step(transaction, request)));
        CompletableFuture<AcceptorReply> unused = mine.whenComplete((reply, failed) -> {
            waiting.decrementAndGet();
            turns.remove(transaction, mine);
        });
        return mine;
    }

    private CompletableFuture<AcceptorReply> step(GlobalTxId transaction, AcceptorRequest request) {
        AcceptorStep step;
        synchronized (registers) {
            if (!registers.knows(transaction) && registers.size() >= limits.registersMax()) {
                return CompletableFuture.failedFuture(new IOException(limits.registersMax()
                        + " transactions are known here already; they are forgotten when all their participants have"
                        + " ended"));
            }
            step = registers.of(transaction).step(request);
        }
        return step.accept(new Steps(transaction));
    }

    /** One method a step. */
    private final class Steps implements AcceptorStep.Handler<CompletableFuture<AcceptorReply>> {
        private final GlobalTxId transaction;

        Steps(GlobalTxId transaction) {
            this.transaction = transaction;
        }

        @Override
        public CompletableFuture<AcceptorReply> answer(AcceptorStep.Answer step) {
            return CompletableFuture.completedFuture(step.reply());
        }

        @Override
        public CompletableFuture<AcceptorReply> save(AcceptorStep.Save step) {
            return log.save(new AcceptorLog.Entry.Register(transaction, step.register()))
                    .thenApply(durable -> {
                        synchronized (registers) {
                            registers.saved(transaction, step.register());
                        }
                        return step.onceDurable(new AcceptorStep.Receipt(step.register()));
                    })
                    .toCompletableFuture();
        }
    }

    /** Before this process votes yes in a resource: whom it will ask about the transaction, after a restart too. */
    public CompletionStage<Void> keep(GlobalTxId transaction, ResourceName.Hash resource, AcceptorAddresses acceptors) {
        Set<ResourceName.Hash> before = votedIn.getOrDefault(transaction, Set.of());
        if (kept.containsKey(transaction) && before.contains(resource)) {
            return CompletableFuture.completedStage(null);
        }
        CompletionStage<Void> where = log.save(new AcceptorLog.Entry.Voting(transaction, resource));
        CompletionStage<Void> whom = log.save(new AcceptorLog.Entry.Kept(transaction, acceptors));
        return where.thenCombine(whom, (first, second) -> acceptors).thenAccept(durable -> {
            kept.put(transaction, durable);
            votedIn.merge(transaction, Set.of(resource), AcceptorHost::both);
        });
    }

    private static Set<ResourceName.Hash> both(Set<ResourceName.Hash> some, Set<ResourceName.Hash> others) {
        Set<ResourceName.Hash> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    public Optional<AcceptorAddresses> keptOf(GlobalTxId transaction) {
        return Optional.ofNullable(kept.get(transaction));
    }

    /** What this acceptor has accepted of it, under the highest ballot so far; empty also once it is forgotten. */
    public Optional<Decision> acceptedOf(GlobalTxId transaction) {
        synchronized (registers) {
            return registers.of(transaction).accepted().map(Proposal::value);
        }
    }

    /**
     * Why it cannot be that COMMIT was proposed to this process' acceptor: whoever is asked to accept it has voted, and
     * has kept before that who the acceptors are. Empty if it can.
     */
    public Optional<String> objectionToCommit(GlobalTxId transaction) {
        boolean isForgotten;
        synchronized (registers) {
            isForgotten = registers.of(transaction).isForgotten();
        }
        boolean stands = keptOf(transaction)
                .filter(kept -> kept.addressOf(id()).isPresent())
                .isPresent();
        return stands || isForgotten
                ? Optional.empty()
                : Optional.of("nobody here has voted in it as one of its acceptors, so that COMMIT cannot be proposed");
    }

    /** Every transaction that this process voted yes in and has not released, those of its lives before among them. */
    public Map<GlobalTxId, AcceptorAddresses> kept() {
        return Map.copyOf(kept);
    }

    /** This process' branches in it have ended. */
    public CompletionStage<Void> release(GlobalTxId transaction) {
        return log.save(new AcceptorLog.Entry.Released(transaction)).thenAccept(durable -> {
            kept.remove(transaction);
            votedIn.remove(transaction);
            inherited.remove(transaction);
        });
    }

    /** Registers, and transactions whose acceptors are kept. */
    public int known() {
        synchronized (registers) {
            return registers.size() + kept.size();
        }
    }

    /** How much of the room is used up, once it is more than {@value #FULL_PERCENT} %: for people, who can do something. */
    public Optional<String> fullness() {
        int known;
        synchronized (registers) {
            known = registers.size();
        }
        int room = limits.registersMax();
        return 100L * known < (long) FULL_PERCENT * room
                ? Optional.empty()
                : Optional.of("this acceptor knows " + known + " transactions, and takes part in no more than " + room
                        + ". It forgets those whose participants have all ended, as they say once they are connected: start"
                        + " the services and nodes again that took part, with their logs");
    }

    /** From time to time: says that there is little room left, and drops what was forgotten long ago. */
    public CompletionStage<Void> tidy(long nowEpochMillis) {
        fullness().ifPresent(why -> full.say(more -> LOG.warn("{}{}", why, more)));
        return fold(nowEpochMillis);
    }

    CompletionStage<Void> fold(long nowEpochMillis) {
        long horizon = nowEpochMillis - limits.foldedAfterMillis();
        synchronized (registers) {
            if (registers.foldable(horizon).isEmpty()) {
                return CompletableFuture.completedStage(null);
            }
        }
        return log.save(new AcceptorLog.Entry.Horizon(horizon)).thenAccept(durable -> {
            synchronized (registers) {
                registers.folded(horizon);
            }
        });
    }
}
