package dev.assent.tx.coordinator;

import dev.assent.time.Clock;
import dev.assent.tx.model.EpochRef;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store would take a decision: a majority of it is made to agree to a change of nothing. However often that
 * is asked, one question is under way at a time, and an answer stands for a while; so health checks cost the store next
 * to nothing, and one that does not answer collects no questions. Thread-safe.
 */
final class DecisionProbe {
    /** How long an answer stands, from when it was asked for. */
    static final Duration FRESH = Duration.ofSeconds(1);

    private final Function<EpochRef, CompletableFuture<Optional<String>>> store;
    private final Clock clock;
    private @Nullable Question last;

    private record Question(EpochRef epoch, long askedNanos, CompletableFuture<Optional<String>> answer) {}

    /**
     * A probe of {@code store}.
     *
     * @param store asks it, under an epoch, why it would take no decision
     */
    DecisionProbe(Function<EpochRef, CompletableFuture<Optional<String>>> store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Why not; empty if it would. Never fails, and completes within {@code patience}. */
    CompletableFuture<Optional<String>> obstacle(EpochRef epoch, Duration patience) {
        return question(epoch)
                .handle((obstacle, failed) ->
                        failed == null ? obstacle : Optional.of("the store cannot be asked: " + failed.getMessage()))
                .completeOnTimeout(
                        Optional.of("the store does not answer within " + patience.toMillis() + " ms"),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private synchronized CompletableFuture<Optional<String>> question(EpochRef epoch) {
        long now = clock.nanos();
        Question known = last;
        if (known != null && known.epoch().equals(epoch)) {
            boolean stands = now - known.askedNanos() < FRESH.toNanos();
            if (stands || !known.answer().isDone()) {
                return known.answer();
            }
        }
        Question asked = new Question(epoch, now, store.apply(epoch));
        last = asked;
        return asked.answer();
    }
}
