package dev.assent.tx.coordinator;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.CommitProtocol;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one transaction to its end, whatever its protocol.
 *
 * <p>Inputs are queued, and whoever brings one while nobody steps the machine steps it until the queue is empty: a
 * caller, a thread of a resource's bulkhead, the store's or the timer's. A step waits for nothing: what its commands come to
 * are later inputs. So no resource and no listener can hold a thread that another transaction
 * needs, and a caller waits for the answer and for nothing else.
 */
final class TransactionRun<I extends TransactionInput.Handler, C extends TransactionCommand.Handler> {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionRun.class);
    /** How long a caller whose patience is over waits for the thread that steps the machine just then. */
    private static final long LAST_WORD_MILLIS = 500;

    /** Where transactions come from. No method blocks. */
    interface Host {
        Workers workers();

        /** The stage completes when every listener has heard it. */
        CompletionStage<Void> learned(GlobalTxId transaction, Outcome outcome);

        void finished(GlobalTxId transaction);
    }

    private final Host host;
    private final GlobalTxId id;
    private final CommitProtocol<I, C> protocol;
    private final C effects;
    private final TransactionNews news;
    private final Queue<Message<? super I>> inbox = new ConcurrentLinkedQueue<>();
    /** Inputs that were not stepped yet; whoever makes it 1 steps. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
    /** The answer, once the listeners have heard it. */
    private final CompletableFuture<Outcome> answerAfterListeners = new CompletableFuture<>();

    /** Only who steps looks at these. */
    private volatile boolean broken;

    private CompletionStage<Void> heard = CompletableFuture.completedStage(null);
    private @Nullable Outcome told;

    /**
     * A run that begins with {@link #beginsWith} and {@link #start}.
     *
     * @param news whom it tells what its branches answer
     * @param effects carries the protocol's commands out; those of {@link TransactionCommand} come back to this run
     */
    TransactionRun(
            Host host,
            GlobalTxId id,
            CommitProtocol<I, C> protocol,
            TransactionNews news,
            Function<TransactionRun<I, C>, C> effects) {
        this.host = host;
        this.id = id;
        this.protocol = protocol;
        this.news = news;
        this.effects = effects.apply(this);
    }

    /** Before whatever else is brought, and stepped from {@link #start} on, or with what is brought earlier. */
    void beginsWith(TransactionInput first) {
        inbox.add(first);
    }

    /** Starts; {@link #await} gives the answer. */
    void start() {
        stepUnlessSteppedAlready();
    }

    TransactionNews news() {
        return news;
    }

    /** The deadline has passed; undecided work is rolled back. */
    void expire(String cause) {
        post(new TransactionInput.Expired(cause));
    }

    /** Waits for the answer, but not longer than {@code patience} and a moment: then for the truth as it is known. */
    Outcome await(Duration patience) {
        try {
            return answerAfterListeners.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException enough) {
            return lastWord();
        } catch (InterruptedException e) {
            post(new TransactionInput.WaitedEnough());
            Thread.currentThread().interrupt();
            return answer.getNow(new Outcome.Unknown("interrupted while ending; ask for the outcome later"));
        } catch (ExecutionException bug) {
            throw new IllegalStateException("an answer does not fail", bug);
        }
    }

    /** As {@link #await}, without a thread. */
    CompletionStage<Outcome> within(Duration patience) {
        if (answerAfterListeners.isDone()) {
            return answerAfterListeners;
        }
        CompletableFuture<Outcome> told = new CompletableFuture<>();
        Runnable calledOff = host.workers().later(patience.toMillis(), () -> {
            post(new TransactionInput.WaitedEnough());
            CompletableFuture<Void> unused = answer.thenAccept(told::complete);
        });
        CompletableFuture<Void> unused = answerAfterListeners.thenAccept(outcome -> {
            calledOff.run();
            told.complete(outcome);
        });
        return told;
    }

    private Outcome lastWord() {
        post(new TransactionInput.WaitedEnough());
        try {
            return answer.get(LAST_WORD_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException none) {
            LOG.warn("transaction {} gave its caller no answer in time", id, none);
        }
        return new Outcome.Unknown("no answer in time; ask for the outcome later");
    }

    /** Brings an input, of this or a later step; comes on any thread, and does not wait. */
    void post(Message<? super I> input) {
        inbox.add(input);
        stepUnlessSteppedAlready();
    }

    private void stepUnlessSteppedAlready() {
        if (waiting.getAndIncrement() == 0) {
            stepAll();
        }
    }

    private void stepAll() {
        do {
            step(inbox.remove()); // there is one: it was added before it was counted
        } while (waiting.decrementAndGet() > 0);
    }

    /** A bug in a step leaves the branches as they are, for recovery; the caller must not wait for it. */
    private void step(Message<? super I> input) {
        if (broken) {
            return;
        }
        try {
            List<Message<? super C>> commands = protocol.step(input);
            news.stepped(input, commands);
            commands.forEach(command -> command.accept(effects));
            tell();
        } catch (RuntimeException | Error bug) {
            broken = true;
            LOG.error("transaction {} was left to recovery, because it could not take {}", id, input, bug);
            Outcome unknown = new Outcome.Unknown("internal error: " + bug);
            answer.complete(unknown);
            answerAfterListeners.complete(unknown);
            news.finished();
            host.finished(id); // from here on it is recovery's, as if this process had died
        }
    }

    /** The caller hears it after the listeners, which have threads of their own. */
    private void tell() {
        Outcome outcome = told;
        if (outcome != null) {
            told = null;
            CompletionStage<Void> unused = heard.whenComplete((all, failed) -> answerAfterListeners.complete(outcome));
        }
    }

    /** A command of the step under way: tells the caller. */
    void answer(Outcome outcome) {
        told = outcome;
        news.callerTold(outcome);
        answer.complete(outcome);
    }

    /** A command of the step under way: tells the listeners. */
    void learned(Outcome outcome) {
        news.learned(outcome);
        heard = host.learned(id, outcome);
    }

    /** A command of the step under way: nothing is left to do. */
    void finished() {
        news.finished();
        host.finished(id);
    }
}
