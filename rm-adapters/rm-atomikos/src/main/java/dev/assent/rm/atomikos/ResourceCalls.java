package dev.assent.rm.atomikos;

import dev.assent.store.Deadline;
import dev.assent.tx.bulkhead.Bulkhead;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of recovery to resources, each on a thread of that resource, one at a time. One that hangs is not waited for,
 * and its resource is asked nothing more until it has answered; the others are recovered meanwhile. Called by one thread
 * at a time.
 */
final class ResourceCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceCalls.class);

    /** How long a resource may take for one scan or one command. */
    static final Duration CALL_MAX = Duration.ofSeconds(10);

    private static final Bulkhead.Limits ONE = new Bulkhead.Limits(1, 1);

    private final Map<String, Bulkhead> bulkheads = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();

    /** Begins a call, unless an earlier one to that resource still hangs. */
    <T> Optional<CompletableFuture<T>> begin(String resource, Callable<T> call) {
        CompletableFuture<?> earlier = underWay.get(resource);
        if (earlier != null && !earlier.isDone()) {
            return Optional.empty();
        }
        if (silent.remove(resource)) {
            LOG.info("resource {} answers recovery again", resource);
        }
        CompletableFuture<T> begun = bulkheads
                .computeIfAbsent(resource, name -> new Bulkhead(name, ONE))
                .ask(call)
                .toCompletableFuture();
        underWay.put(resource, begun);
        return Optional.of(begun);
    }

    /** What it answered; empty if it did not until then, or failed. */
    <T> Optional<T> await(String resource, CompletableFuture<T> call, Deadline deadline) {
        try {
            return Optional.of(call.get(deadline.remainingMillis(CALL_MAX), TimeUnit.MILLISECONDS));
        } catch (TimeoutException hangs) {
            if (silent.add(resource)) {
                LOG.warn(
                        "resource {} does not answer recovery within {} s; it is left out until it does",
                        resource,
                        CALL_MAX.toSeconds());
            }
        } catch (ExecutionException failed) {
            LOG.warn("resource {} failed in recovery; it is tried again", resource, failed.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** The answer to one call; empty if there was none. */
    <T> Optional<T> call(String resource, Callable<T> call) {
        Deadline deadline = Deadline.in(CALL_MAX);
        return begin(resource, call).flatMap(begun -> await(resource, begun, deadline));
    }
}
