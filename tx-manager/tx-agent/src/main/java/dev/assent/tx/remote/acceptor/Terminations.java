package dev.assent.tx.remote.acceptor;

import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.ThrottledLog;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.spi.AcceptorAddresses;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The terminations of this process that are under way, one a transaction. Thread-safe; nothing blocks. */
public final class Terminations {
    private static final Logger LOG = LoggerFactory.getLogger(Terminations.class);

    /** One that takes longer is told of: a majority does not answer. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * One of them. Who waits for its end is kept here, and not by the end's stage: that may never come, and a stage keeps
     * whatever hung on it until then, those included that have given up.
     */
    private record UnderWay(
            AcceptorAddresses acceptors,
            TerminationRun run,
            CompletableFuture<Optional<Decision>> end,
            Map<Object, CompletableFuture<Optional<Decision>>> waiting,
            long sinceNanos) {
        UnderWay(AcceptorAddresses acceptors, TerminationRun run) {
            this(acceptors, run, run.end().toCompletableFuture(), new ConcurrentHashMap<>(), Clock.SYSTEM.nanos());
        }

        CompletableFuture<Optional<Decision>> await() {
            CompletableFuture<Optional<Decision>> mine = new CompletableFuture<>();
            Object place = new Object();
            waiting.put(place, mine);
            CompletableFuture<?> unused = mine.whenComplete((chosen, failed) -> waiting.remove(place));
            if (end.isDone()) {
                tell(); // it has ended in between, and nobody else would
            }
            return mine;
        }

        void tell() {
            CompletableFuture<?> unused =
                    end.whenComplete((chosen, failed) -> waiting.values().forEach(each -> {
                        boolean unusedFirst =
                                failed == null ? each.complete(chosen) : each.completeExceptionally(failed);
                    }));
        }
    }

    private final AcceptorRoutes routes;
    private final ScheduledExecutorService timer;
    private final Map<GlobalTxId, UnderWay> runs = new ConcurrentHashMap<>();
    private final ThrottledLog stuck = new ThrottledLog();

    public Terminations(AcceptorRoutes routes, ScheduledExecutorService timer) {
        this.routes = routes;
        this.timer = timer;
    }

    /**
     * Its coordinator is suspected: asks its acceptors, unless that is under way. What was chosen; empty if they have
     * forgotten. May never complete: a minority decides nothing. Fails if they are others than those who are asked already:
     * of two lists at least one is wrong. The future is the caller's own, to complete it when he does not wait any more.
     */
    public CompletableFuture<Optional<Decision>> suspect(GlobalTxId transaction, AcceptorAddresses acceptors) {
        UnderWay mine = runs.computeIfAbsent(transaction, id -> begun(id, acceptors));
        if (!mine.acceptors().equals(acceptors)) {
            return CompletableFuture.failedFuture(new IllegalStateException("other acceptors of it are asked already, "
                    + mine.acceptors().entries() + ", and not "
                    + acceptors.entries()
                    + "; whoever named those was mistaken, or these are. Start this process again when you"
                    + " know that these are right"));
        }
        CompletableFuture<Optional<Decision>> answer = mine.await();
        mine.run().suspect(); // again changes nothing
        return answer;
    }

    private UnderWay begun(GlobalTxId transaction, AcceptorAddresses acceptors) {
        UnderWay begun = new UnderWay(acceptors, new TerminationRun(transaction, acceptors, routes, timer));
        CompletableFuture<?> unused = begun.end().whenComplete((chosen, failed) -> {
            runs.remove(transaction, begun);
            begun.tell();
        });
        return begun;
    }

    /** How many wait for the end of that one. */
    int waiting(GlobalTxId transaction) {
        return Optional.ofNullable(runs.get(transaction))
                .map(underWay -> underWay.waiting().size())
                .orElse(0);
    }

    /** Somebody else has learned what was chosen. */
    public void told(GlobalTxId transaction, Decision chosen) {
        UnderWay run = runs.get(transaction);
        if (run != null) {
            run.run().told(chosen);
        }
    }

    /** Why that one goes on, in words; empty if none is under way. */
    public Optional<String> delay(GlobalTxId transaction) {
        return Optional.ofNullable(runs.get(transaction)).map(underWay -> silence(underWay.run()));
    }

    private static String silence(TerminationRun run) {
        return "no majority of its acceptors has answered; silent are " + run.silent();
    }

    /** To be called from time to time: says that transactions wait for a majority, and for whom. */
    public void tellStuck() {
        long now = Clock.SYSTEM.nanos();
        runs.forEach((transaction, underWay) -> {
            if (now - underWay.sinceNanos() > LONG_NANOS) {
                stuck.say(more -> LOG.warn(
                        "transaction {} stays as it is: {}. A minority decides nothing: start them again, with their"
                                + " logs{}",
                        transaction,
                        silence(underWay.run()),
                        more));
            }
        });
    }
}
