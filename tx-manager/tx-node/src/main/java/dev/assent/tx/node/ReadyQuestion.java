package dev.assent.tx.node;

import dev.assent.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether decisions can be written, asked once at a time for all who want to know: a store that does not answer holds each of
 * them up for {@value #WAIT_MILLIS} ms and no longer. A store that is slow answers after that, and what it said counts for those
 * who ask next: it is not away. One that is away says nothing within {@value #ASKING_MILLIS_MAX} ms, which is an answer
 * too. Thread-safe.
 */
final class ReadyQuestion {
    static final long WAIT_MILLIS = 500;

    /** The store has so long to convince a node that it could decide. */
    static final long ASKING_MILLIS_MAX = 2_000;

    /**
     * An answer that is younger counts while the next one is late. Longer than the asking may take and than who asks usually
     * pauses (10 s, where nothing else is set): with less a store that needs a second is never heard.
     */
    static final long KNOWN_MILLIS = 30_000;

    private final Supplier<CompletionStage<Optional<String>>> question;
    private final Clock clock;
    private final long waitMillis;
    private @Nullable CompletableFuture<Optional<String>> underWay;
    private volatile @Nullable Known last;

    private record Known(Optional<String> obstacle, long atMillis) {}

    ReadyQuestion(Supplier<CompletionStage<Optional<String>>> question, Clock clock) {
        this(question, clock, WAIT_MILLIS);
    }

    /** The same with another patience. */
    ReadyQuestion(Supplier<CompletionStage<Optional<String>>> question, Clock clock, long waitMillis) {
        this.question = question;
        this.clock = clock;
        this.waitMillis = waitMillis;
    }

    /** Why no decision could be written; empty if one could. */
    Optional<String> obstacle() {
        try {
            return asked().get(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the request was cut off");
        } catch (ExecutionException failed) {
            return Optional.of("it could not be asked whether decisions can be written: " + failed.getCause());
        } catch (TimeoutException late) {
            Known known = last;
            return known != null && clock.monotonicMillis() - known.atMillis() < KNOWN_MILLIS
                    ? known.obstacle()
                    : Optional.of("whether decisions can be written was not answered within " + waitMillis
                            + " ms: the store is slow or away, and is asked on");
        }
    }

    private synchronized CompletableFuture<Optional<String>> asked() {
        CompletableFuture<Optional<String>> now = underWay;
        if (now == null || now.isDone()) {
            now = question.get()
                    .whenComplete((obstacle, failed) -> {
                        if (obstacle != null) {
                            last = new Known(obstacle, clock.monotonicMillis());
                        }
                    })
                    .toCompletableFuture();
            underWay = now;
        }
        return now;
    }
}
