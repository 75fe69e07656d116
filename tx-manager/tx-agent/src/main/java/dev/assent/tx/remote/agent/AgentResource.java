package dev.assent.tx.remote.agent;

import dev.assent.time.Backoff;
import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.SharedQuestion;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A resource manager of this service: which resource it says it is, and whether the nodes find that its name stands for
 * that. Until they do, no branch is made in it. Thread-safe; nothing of ours waits for the resource.
 */
final class AgentResource {
    private static final Logger LOG = LoggerFactory.getLogger(AgentResource.class);

    /** Between two questions to a resource that has not answered yet. */
    private static final Backoff RETRIES = new Backoff(100, 2_000);

    /** How long an answer may take before the resource is said to be out of reach. */
    private static final long PATIENCE_MILLIS = 5_000;

    /** The answer of the resource. */
    private record Told(Optional<ResourceIdentity> identity) {}

    /**
     * Why no branch may be made.
     *
     * @param mayPass whether that may change without anybody's doing
     */
    record Objection(String why, boolean mayPass) {}

    private final ResourceManager resource;
    private final ScheduledExecutorService timer;
    private final Runnable changed;
    private final long sinceEpochMillis;
    private final SharedQuestion<Optional<ResourceIdentity>> question;
    private final SharedQuestion<List<BranchId>> scan;
    private final Map<NodeLink, String> refusals = new HashMap<>();
    /** Whether a node has spoken about what was told last. */
    private CompletableFuture<Void> judged = new CompletableFuture<>();

    private @Nullable Told told;
    private String unknownBecause = "it has not answered yet";
    private boolean agreed;
    private boolean complained;
    private boolean closed;

    /**
     * A resource that nothing is known of.
     *
     * @param changed called when the resource says that it is another than before; tells the nodes
     */
    AgentResource(ResourceManager resource, ScheduledExecutorService timer, Clock clock, Runnable changed) {
        this.resource = resource;
        this.question = new SharedQuestion<>(resource::identity);
        this.scan = new SharedQuestion<>(this::verifiedScan);
        this.timer = timer;
        this.changed = changed;
        this.sinceEpochMillis = clock.epochMillis();
    }

    ResourceManager resource() {
        return resource;
    }

    String name() {
        return resource.name();
    }

    /** Begins to ask, and goes on until the resource has answered. */
    void begin() {
        attempt(1);
    }

    private void attempt(int number) {
        CompletableFuture<Optional<ResourceIdentity>> unused = ask().whenComplete((identity, failed) -> {
            if (isUntold()) {
                ScheduledFuture<?> unusedTimer =
                        timer.schedule(() -> attempt(number + 1), RETRIES.pauseMillis(number), TimeUnit.MILLISECONDS);
            }
        });
    }

    private synchronized boolean isUntold() {
        return told == null && !closed;
    }

    /** Asks anew which resource it is, as it may have become another. */
    CompletableFuture<Optional<ResourceIdentity>> ask() {
        return question.ask(PATIENCE_MILLIS).whenComplete((identity, failed) -> {
            if (failed == null) {
                answered(new Told(identity));
            } else {
                failed(failed);
            }
        });
    }

    /**
     * What it holds prepared. Fails unless it is the resource that its name stands for, right before it was asked and right
     * after: an address may lead to another database from one moment to the next.
     */
    CompletableFuture<List<BranchId>> prepared() {
        return scan.ask(PATIENCE_MILLIS);
    }

    private CompletionStage<List<BranchId>> verifiedScan() {
        return verified().thenCompose(before -> resource.inDoubt()).thenCompose(branches -> verified()
                .thenApply(after -> branches));
    }

    private CompletableFuture<Optional<ResourceIdentity>> verified() {
        return ask().thenApply(identity -> {
            objection().ifPresent(objection -> {
                throw new CompletionException(new IOException(objection.why()));
            });
            return identity;
        });
    }

    private void answered(Told answer) {
        synchronized (this) {
            if (closed || answer.equals(told)) {
                return;
            }
            told = answer;
            agreed = false;
            refusals.clear();
            if (judged.isDone()) {
                judged = new CompletableFuture<>();
            }
        }
        changed.run();
    }

    private void failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        synchronized (this) {
            if (closed || told != null) {
                return; // what was known stays so
            }
            unknownBecause = cause instanceof TimeoutException
                    ? "it does not answer within " + PATIENCE_MILLIS + " ms"
                    : String.valueOf(cause.getMessage());
            if (complained) {
                return;
            }
            complained = true;
        }
        objection().ifPresent(objection -> LOG.warn("{}", objection.why()));
    }

    /** As the nodes are told of it. */
    synchronized NamedResource described() {
        NamedResource.Builder described = NamedResource.newBuilder().setName(name());
        Told known = told;
        return known == null
                ? described.setUnknownBecause(unknownBecause).build()
                : described.setIdentity(Wire.identity(known.identity())).build();
    }

    /** What a node says to the name; about another identity than the one that was told last it says nothing. */
    void judged(NodeLink node, NameAnswer answer) {
        boolean isRefused = answer.getKind() == NameAnswer.Kind.REFUSED;
        boolean isAgreed = answer.getKind() == NameAnswer.Kind.AGREED;
        synchronized (this) {
            if (told == null
                    || !told.identity().equals(Wire.identity(answer.getIdentity()))
                    || !(isRefused || isAgreed)) {
                return;
            }
            boolean wasRefused = !refusals.isEmpty();
            boolean wasAgreed = agreed;
            if (isRefused) {
                agreed = false;
                refusals.put(node, answer.getRefusal());
            } else {
                agreed = true;
                refusals.remove(node);
            }
            log(wasAgreed, wasRefused);
            judged.complete(null); // it has waiters only, which do nothing here
        }
    }

    private void log(boolean wasAgreed, boolean wasRefused) {
        if (!refusals.isEmpty() && !wasRefused) {
            complained = true;
            LOG.error(
                    "resource {} takes no part and is not recovered through this service: {}",
                    name(),
                    refusals.values().iterator().next());
        } else if (refusals.isEmpty() && agreed && !wasAgreed && complained) {
            complained = false;
            LOG.info("resource {} takes part from now on", name());
        }
    }

    /** What that node said was said over a link that is lost. */
    synchronized void lost(NodeLink node) {
        refusals.remove(node);
    }

    /** Waits until a node has said something, but not longer than {@code patience}. */
    void awaitJudged(Duration patience) {
        CompletableFuture<Void> awaited;
        synchronized (this) {
            awaited = judged;
        }
        try {
            awaited.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException later) {
            LOG.debug("resource {} is verified later", name(), later);
        }
    }

    /** Why no branch may be made, and none ended on behalf of others; empty when nothing is known against it. */
    synchronized Optional<Objection> objection() {
        if (!refusals.isEmpty()) {
            return Optional.of(new Objection(refusals.values().iterator().next(), false));
        }
        if (told != null && agreed) {
            return Optional.empty();
        }
        String why = told == null ? unknownBecause : "no coordinator node has compared it yet";
        return Optional.of(new Objection(
                "resource '" + name() + "' takes no part yet: since " + Instant.ofEpochMilli(sinceEpochMillis)
                        + " it is not verified that its name stands for it, as " + why
                        + ". It is asked again until that is known",
                true));
    }

    /** It is not this service's any more. */
    synchronized void close() {
        closed = true;
    }
}
