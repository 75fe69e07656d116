package dev.assent.tx.remote.agent;

import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.ThrottledLog;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.AcceptorAddresses;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three-phase transactions that this service votes in, until it has ended its branches by what was decided. Usually
 * the coordinator tells that. When it is suspected, the acceptors are asked, and what they have chosen is obeyed, told to
 * the other participants, and, if it is COMMIT, to a node, again and again until one has it in the store.
 *
 * <p>Thread-safe; {@link #look} is called from time to time, by one thread, and does not block.
 */
final class AwaitedDecisions {
    private static final Logger LOG = LoggerFactory.getLogger(AwaitedDecisions.class);

    /** Between two attempts: to end branches by a decision, to have it recorded, to ask for a record. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum State {
        /** Its coordinator is to tell. */
        AWAITED,
        /** The acceptors are asked. */
        ASKED,
        /** They have forgotten it: the record tells. */
        FORGOTTEN,
        /** It is known, and obeyed. */
        KNOWN
    }

    /** One transaction. */
    private static final class Awaited {
        private final AcceptorAddresses acceptors;
        private volatile State state = State.AWAITED;
        private volatile Optional<Decision> chosen = Optional.empty();
        private volatile boolean recorded;
        private volatile boolean busy;
        private volatile long triedNanos;

        Awaited(AcceptorAddresses acceptors) {
            this.acceptors = acceptors;
        }
    }

    /** What comes of decisions. */
    interface Effects {
        /** Ends this service's branches so; completes when they have answered. */
        CompletionStage<Void> obey(LocalPart part, Outcome outcome);

        /** Has a node record that COMMIT; fails when none has. */
        CompletionStage<Void> record(GlobalTxId transaction);

        /** Asks a node for the outcome; blocks. */
        Outcome ask(GlobalTxId transaction);

        /** Callers that wait for a coordinator's answer need not any more. */
        void learned();
    }

    private final ThreePhaseAgent acceptor;
    private final Suspicions suspicions;
    private final LocalParts parts;
    private final Effects effects;
    private final Clock clock;
    private final Executor questions;
    private final ThrottledLog bugs = new ThrottledLog();
    private final Map<GlobalTxId, Awaited> awaited = new ConcurrentHashMap<>();

    /**
     * Nothing is awaited yet.
     *
     * @param questions runs what blocks; may refuse
     */
    AwaitedDecisions(
            ThreePhaseAgent acceptor,
            Suspicions suspicions,
            LocalParts parts,
            Effects effects,
            Clock clock,
            Executor questions) {
        this.acceptor = acceptor;
        this.suspicions = suspicions;
        this.parts = parts;
        this.effects = effects;
        this.clock = clock;
        this.questions = questions;
        acceptor.watch(
                (transaction, acceptors) -> awaited.putIfAbsent(transaction, new Awaited(acceptors)),
                transaction -> parts.find(transaction).isPresent());
    }

    void look() {
        suspicions.look();
        awaited.forEach(this::look);
        acceptor.tidy(effects::record);
    }

    /** A bug that one transaction meets costs no other its decision. */
    private void look(GlobalTxId transaction, Awaited one) {
        try {
            if (!isOver(transaction, one)) {
                advance(transaction, one);
            }
        } catch (RuntimeException bug) {
            bugs.say(more -> LOG.error("{} is looked at again, as this failed{}", transaction, more, bug));
        }
    }

    /** Whether that one's decision is learned from here, however long it takes. */
    boolean isAwaited(GlobalTxId transaction) {
        return awaited.containsKey(transaction);
    }

    /** Its coordinator has told the end, and will have it recorded; or all of that was done from here. */
    private boolean isOver(GlobalTxId transaction, Awaited one) {
        boolean ended = parts.find(transaction).isEmpty();
        boolean told = one.state == State.AWAITED || one.state == State.FORGOTTEN;
        if (ended && (told || (one.state == State.KNOWN && isRecorded(one)))) {
            awaited.remove(transaction, one);
            acceptor.ended(transaction);
            return true;
        }
        if (ended && one.state == State.ASKED) {
            parts.heard(transaction).flatMap(AwaitedDecisions::decided).ifPresent(chosen -> acceptor.terminations()
                    .told(transaction, chosen));
        }
        return false;
    }

    private static Optional<Decision> decided(Outcome told) {
        if (told instanceof Outcome.Committed) {
            return Optional.of(Decision.COMMIT);
        }
        return told instanceof Outcome.RolledBack ? Optional.of(Decision.ABORT) : Optional.empty();
    }

    private static boolean isRecorded(Awaited one) {
        return one.recorded || one.chosen.equals(Optional.of(Decision.ABORT));
    }

    private void advance(GlobalTxId transaction, Awaited one) {
        switch (one.state) {
            case AWAITED -> suspicions.reason(transaction).ifPresent(why -> suspect(transaction, one, why));
            case ASKED -> {}
            case FORGOTTEN -> retried(one, () -> askRecord(transaction));
            case KNOWN -> retried(one, () -> obey(transaction, one));
        }
    }

    private void suspect(GlobalTxId transaction, Awaited one, String why) {
        CompletableFuture<Optional<Decision>> decided = acceptor.terminations().suspect(transaction, one.acceptors);
        one.state = State.ASKED;
        LOG.info("the coordinator of {} is suspected, as {}: its acceptors are asked", transaction, why);
        CompletionStage<?> unused = decided.whenComplete((chosen, failed) -> {
            if (failed == null) {
                asked(transaction, one, chosen);
            } else {
                one.state = State.AWAITED; // a bug, which was logged; the next look begins again
            }
        });
    }

    private void asked(GlobalTxId transaction, Awaited one, Optional<Decision> chosen) {
        one.chosen = chosen;
        one.triedNanos = clock.nanos() - RETRY_NANOS;
        one.state = chosen.isPresent() ? State.KNOWN : State.FORGOTTEN;
        chosen.ifPresent(decision -> {
            LOG.info("the acceptors of {} chose {}: this service's branches end so", transaction, decision);
            acceptor.tellOthers(transaction, one.acceptors, decision);
        });
        advance(transaction, one);
    }

    /** One attempt at a time, and not too often. */
    private void retried(Awaited one, Supplier<CompletionStage<?>> attempt) {
        long now = clock.nanos();
        synchronized (one) {
            if (one.busy || now - one.triedNanos < RETRY_NANOS) {
                return;
            }
            one.busy = true;
            one.triedNanos = now;
        }
        try {
            CompletionStage<?> unused = attempt.get().whenComplete((done, failed) -> one.busy = false);
        } catch (RuntimeException bug) {
            one.busy = false; // else nobody would try again
            throw bug;
        }
    }

    private CompletionStage<?> obey(GlobalTxId transaction, Awaited one) {
        Decision decision = one.chosen.orElseThrow();
        Outcome outcome =
                switch (decision) {
                    case COMMIT -> new Outcome.Committed();
                    case ABORT -> new Outcome.RolledBack("its acceptors chose ABORT, as its coordinator was suspected");
                };
        CompletionStage<Void> ended = parts.find(transaction)
                .map(part -> effects.obey(part, outcome).thenRun(effects::learned))
                .orElseGet(() -> CompletableFuture.completedStage(null));
        if (isRecorded(one)) {
            return ended;
        }
        CompletionStage<Void> recorded = effects.record(transaction).handle((done, failed) -> {
            one.recorded = failed == null;
            return null;
        });
        return ended.thenCombine(recorded, (first, second) -> null);
    }

    /** What is prepared here is part of no COMMIT that was forgotten; a node says so when the store does. */
    private CompletionStage<?> askRecord(GlobalTxId transaction) {
        try {
            return CompletableFuture.supplyAsync(() -> effects.ask(transaction), questions)
                    .thenCompose(outcome -> parts.find(transaction)
                            .filter(part -> outcome.isKnown())
                            .map(part -> effects.obey(part, outcome).thenRun(effects::learned))
                            .orElseGet(() -> CompletableFuture.completedStage(null)));
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedStage(closed);
        }
    }
}
