package dev.assent.tx.coordinator;

import dev.assent.time.Backoff;
import dev.assent.tx.bulkhead.SharedQuestion;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the name of one resource stands for it, as the resource itself and the store say. While nothing is known the
 * resource is asked again and again, and may take no part. Thread-safe.
 */
final class NameClaim {
    private static final Logger LOG = LoggerFactory.getLogger(NameClaim.class);
    /** Until the resource is asked again, while nothing is known. */
    private static final Backoff RETRIES = new Backoff(100, 2_000);

    /** What is known. */
    private sealed interface NameState {
        /** Nothing yet. */
        record Open(String why) implements NameState {}

        /** The name stands for the resource, or the resource cannot tell. */
        record Agreed() implements NameState {}

        /** It stands for another one. */
        record Refused(String why) implements NameState {}
    }

    /**
     * Why a resource may take no part now.
     *
     * @param mayPass whether that may change without anybody's doing
     */
    record Objection(String why, boolean mayPass) {}

    private final RecoveryWorker.Context around;
    private final ResourceName name;
    private final SharedQuestion<Optional<ResourceIdentity>> question;
    private final Executor crew;
    private final long patienceMillis;
    private final long sinceEpochMillis;
    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private volatile NameState state = new NameState.Open("it has not answered yet");
    private volatile boolean complained;
    private volatile boolean closed;

    /**
     * The claim of {@code resource} to its name.
     *
     * @param crew threads that may wait for the store
     * @param patienceMillis how long the resource may take for an answer before it is told to be out of reach
     */
    NameClaim(RecoveryWorker.Context around, ResourceManager resource, Executor crew, long patienceMillis) {
        this.around = around;
        this.name = new ResourceName(resource.name());
        this.question = new SharedQuestion<>(resource::identity);
        this.crew = crew;
        this.patienceMillis = patienceMillis;
        this.sinceEpochMillis = around.clock().epochMillis();
    }

    /** Begins to ask, and goes on until something is known. */
    void begin() {
        attempt(1);
    }

    private void attempt(int number) {
        if (closed || isKnown()) {
            return;
        }
        CompletableFuture<Boolean> unused = verify().whenComplete((agreed, failed) -> {
            if (!isKnown()) {
                around.workers().later(RETRIES.pauseMillis(number), () -> attempt(number + 1));
            }
        });
    }

    /**
     * Asks anew whether the name stands for the resource, as either may have changed. The stage fails with an
     * {@link UncheckedIOException} when the store cannot be asked, and with anything else when the resource cannot, or
     * does not answer in time.
     */
    CompletableFuture<Boolean> verify() {
        return question.ask(patienceMillis).thenApplyAsync(this::claim, crew).whenComplete((agreed, failed) -> {
            if (failed != null) {
                failed(failed);
            }
        });
    }

    private boolean claim(Optional<ResourceIdentity> identity) {
        try {
            ResourceCatalog.Claim claim = around.store().resources().claim(name, identity);
            if (claim instanceof ResourceCatalog.Claim.Refused refused) {
                refused(refused.why());
                return false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        agreed(identity);
        return true;
    }

    private void refused(String why) {
        NameState before = become(new NameState.Refused(why));
        if (!(before instanceof NameState.Refused earlier) || !earlier.why().equals(why)) {
            LOG.error("resource {} takes no part and is not recovered by this process: {}", name.text(), why);
        }
    }

    private void agreed(Optional<ResourceIdentity> identity) {
        NameState before = become(new NameState.Agreed());
        if (before instanceof NameState.Refused || complained) {
            complained = false;
            LOG.info(
                    "resource {} takes part from now on: its name stands for {}",
                    name.text(),
                    identity.map(ResourceIdentity::text).orElse("it, which does not tell what it is"));
        }
    }

    private synchronized NameState become(NameState next) {
        NameState before = state;
        state = next;
        known.complete(null);
        return before;
    }

    /** What was known stays so; while nothing is, that is told once. */
    private void failed(Throwable failure) {
        synchronized (this) {
            if (closed || isKnown()) {
                return;
            }
            state = new NameState.Open(reason(failure));
        }
        if (!complained) {
            complained = true;
            objection().ifPresent(objection -> LOG.warn("{}", objection.why()));
        }
    }

    private String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return "it does not answer within " + patienceMillis + " ms";
        }
        Throwable root = cause.getCause() == null ? cause : cause.getCause();
        return (cause instanceof UncheckedIOException ? "the store cannot be asked: " : "") + root.getMessage();
    }

    /** Whether something is known, now or before. */
    boolean isKnown() {
        return !(state instanceof NameState.Open);
    }

    /** Waits until something is known, but not longer than {@code patience}. */
    void awaitKnown(Duration patience) {
        try {
            known.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException later) {
            LOG.debug("resource {} is verified later", name.text(), later);
        }
    }

    /** Why the resource may take no part now; empty when it may. */
    Optional<Objection> objection() {
        NameState now = state;
        if (now instanceof NameState.Open open) {
            return Optional.of(new Objection(
                    "resource '" + name.text() + "' takes no part yet: since "
                            + Instant.ofEpochMilli(sinceEpochMillis)
                            + " it is not verified that its name stands for it, as " + open.why()
                            + ". It is asked again until that is known",
                    true));
        }
        return now instanceof NameState.Refused refused
                ? Optional.of(new Objection(refused.why(), false))
                : Optional.empty();
    }

    /** Nothing is asked by itself any more. */
    void close() {
        closed = true;
    }
}
