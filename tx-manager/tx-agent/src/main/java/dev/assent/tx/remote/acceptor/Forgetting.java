package dev.assent.tx.remote.acceptor;

import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.spi.AcceptorAddresses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has acceptors forget the transactions that were ended without their coordinator, which would have told them. Each
 * participant does that for those it has voted in, some time past their deadline, in this order:
 *
 * <ol>
 *   <li>What was decided is learned from the acceptors. From then on no vote can matter that is not cast yet.
 *   <li>All of them are asked whether their processes hold a branch that has not ended, and each says that it has none: so
 *       nobody will need to ask the acceptors any more.
 *   <li>A COMMIT is recorded in the store: who asks later for the outcome hears it there.
 *   <li>The others forget, all of them; then this one does. If it stopped before, the next attempt or another participant
 *       goes on: who is told again has forgotten already.
 * </ol>
 *
 * <p>Whatever is missing ends the attempt, and there is another one later. Thread-safe; nothing blocks.
 */
public final class Forgetting {
    private static final Logger LOG = LoggerFactory.getLogger(Forgetting.class);

    /**
     * When, and how much of it.
     *
     * @param dueAfterMillis past the deadline it is seen to: the coordinator, if it lives, has done so by then
     * @param turnMillis so much later the next participant sees to it, if the first one does not
     * @param retryMillis between two attempts at one transaction
     * @param underWayMax attempts at once
     * @param patienceMillis for what the acceptors have decided
     */
    public record Limits(long dueAfterMillis, long turnMillis, long retryMillis, int underWayMax, long patienceMillis) {
        public static final Limits DEFAULT = new Limits(60_000, 10_000, 10_000, 100, 4_000);
    }

    /** What is known of one transaction, from attempts before. */
    private static final class Known {
        private volatile Optional<Decision> decision = Optional.empty();
        private volatile boolean underWay;
        private volatile long triedNanos;
    }

    private final AcceptorHost own;
    private final AcceptorRoutes routes;
    private final Terminations terminations;
    private final Clock clock;
    private final Limits limits;
    private final Map<GlobalTxId, Known> known = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();

    public Forgetting(AcceptorHost own, AcceptorRoutes routes, Terminations terminations, Clock clock, Limits limits) {
        this.own = own;
        this.routes = routes;
        this.terminations = terminations;
        this.clock = clock;
        this.limits = limits;
    }

    /**
     * To be called from time to time, by one thread.
     *
     * @param record has a node record that COMMIT; fails when none has
     */
    public void look(Function<GlobalTxId, CompletionStage<Void>> record) {
        Map<GlobalTxId, AcceptorAddresses> kept = own.kept();
        known.keySet().retainAll(kept.keySet());
        long now = clock.epochMillis();
        kept.forEach((transaction, acceptors) -> {
            if (underWay.get() < limits.underWayMax()
                    && areAllAsked(acceptors)
                    && transaction.isPastDeadline(now - dueAfterMillis(acceptors))
                    && own.mayHaveEnded(transaction)) {
                attempt(transaction, acceptors, record);
            }
        });
    }

    /** Where there are as many acceptors as there can be, a participant may be none, and would not be asked for its end. */
    private static boolean areAllAsked(AcceptorAddresses acceptors) {
        return acceptors.entries().size() < AcceptorSet.MEMBERS_MAX;
    }

    private long dueAfterMillis(AcceptorAddresses acceptors) {
        long before = acceptors.entries().stream()
                .takeWhile(entry -> !entry.acceptor().equals(own.id()))
                .count();
        return limits.dueAfterMillis() + before * limits.turnMillis();
    }

    private void attempt(
            GlobalTxId transaction, AcceptorAddresses acceptors, Function<GlobalTxId, CompletionStage<Void>> record) {
        Known about = known.computeIfAbsent(transaction, first -> new Known());
        long nowNanos = clock.nanos();
        boolean isTried = about.triedNanos != 0;
        if (about.underWay
                || (isTried && nowNanos - about.triedNanos < TimeUnit.MILLISECONDS.toNanos(limits.retryMillis()))) {
            return;
        }
        about.triedNanos = nowNanos == 0 ? 1 : nowNanos;
        about.underWay = true;
        underWay.incrementAndGet();
        CompletionStage<Void> begun;
        try {
            begun = begin(transaction, acceptors, about, record);
        } catch (RuntimeException bug) {
            begun = CompletableFuture.failedStage(bug); // else its place would stay taken
        }
        CompletionStage<?> unused = begun.whenComplete((done, failed) -> {
            about.underWay = false;
            underWay.decrementAndGet();
            if (failed != null) {
                LOG.debug("{} is not forgotten yet", transaction, failed);
            }
        });
    }

    private CompletionStage<Void> begin(
            GlobalTxId transaction,
            AcceptorAddresses acceptors,
            Known about,
            Function<GlobalTxId, CompletionStage<Void>> record) {
        return decided(transaction, acceptors, about)
                .thenCompose(decision -> allEnded(transaction, acceptors)
                        .thenCompose(ended -> decision.equals(Optional.of(Decision.COMMIT))
                                ? record.apply(transaction)
                                : CompletableFuture.completedStage(null)))
                .thenCompose(safe -> forgotten(transaction, acceptors));
    }

    /** Empty if a majority has forgotten: COMMIT is recorded then, or was never chosen and never will be. */
    private CompletionStage<Optional<Decision>> decided(
            GlobalTxId transaction, AcceptorAddresses acceptors, Known about) {
        if (about.decision.isPresent()) {
            return CompletableFuture.completedStage(about.decision);
        }
        return terminations
                .suspect(transaction, acceptors)
                .orTimeout(limits.patienceMillis(), TimeUnit.MILLISECONDS)
                .thenApply(chosen -> {
                    about.decision = chosen;
                    return chosen;
                });
    }

    /**
     * Whether all who voted in it say that they have ended, so far as this process knows who they are: before it forgets on
     * somebody's word who may be none of them. Fails if one has not, or does not answer.
     */
    CompletionStage<Void> isOver(GlobalTxId transaction) {
        return own.keptOf(transaction)
                .map(acceptors -> allEnded(transaction, acceptors))
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    /** This process first: while it has not ended itself, nobody else need be asked. */
    private CompletionStage<Void> allEnded(GlobalTxId transaction, AcceptorAddresses acceptors) {
        return own.hasEnded(transaction)
                .thenAccept(ended -> require(ended, "here"))
                .thenCompose(here -> ofAll(others(acceptors), entry -> routes.ended(entry, transaction)
                        .thenAccept(ended -> require(ended, "at " + entry))));
    }

    private static void require(boolean ended, String where) {
        if (!ended) {
            throw new CompletionException(new IOException("a branch of it has not ended, or may not have, " + where));
        }
    }

    private List<AcceptorAddresses.Entry> others(AcceptorAddresses acceptors) {
        return acceptors.entries().stream()
                .filter(entry -> !entry.acceptor().equals(own.id()))
                .toList();
    }

    private CompletionStage<Void> forgotten(GlobalTxId transaction, AcceptorAddresses acceptors) {
        AcceptorRequest forget = new AcceptorRequest.Forget();
        return ofAll(others(acceptors), entry -> routes.ask(entry, transaction, forget))
                .thenCompose(all -> own.ask(transaction, forget))
                .thenAccept(last -> LOG.debug("{} is forgotten", transaction));
    }

    private static CompletionStage<Void> ofAll(
            List<AcceptorAddresses.Entry> entries, Function<AcceptorAddresses.Entry, CompletionStage<?>> question) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        entries.forEach(entry -> answers.add(question.apply(entry).toCompletableFuture()));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    }
}
