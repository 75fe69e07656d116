package dev.assent.event;

import dev.assent.time.Clock;
import dev.assent.trace.Tracing;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The events of one part of a process. Who tells asks {@link #isHeard} first, so that nothing is made for nobody; and
 * waits for nobody: a listener that is behind by its capacity misses what comes then. Thread-safe.
 */
public final class EventStream implements EventSource {
    private static final Hearing[] NOBODY = {};

    private final Clock clock;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile Hearing[] hearing = NOBODY;
    /** Those among them that want steps. */
    private volatile Hearing[] following = NOBODY;

    private volatile Tracing tracing = Tracing.NONE;

    public EventStream(Clock clock) {
        this.clock = clock;
    }

    /** Whether anybody listens. One volatile read. */
    public boolean isHeard() {
        return hearing.length > 0;
    }

    /** Whether anybody wants to hear of steps. One volatile read. */
    public boolean isFollowed() {
        return following.length > 0;
    }

    @Override
    public Map<String, Lane> lanes() {
        return lanes;
    }

    /** Whoever reaches a resource says how busy its lane is; without one nothing is said of it any more. */
    public void lane(String resource, Optional<Lane> lane) {
        lane.ifPresentOrElse(there -> lanes.put(resource, there), () -> lanes.remove(resource));
    }

    /** One volatile read. */
    @Override
    public Tracing tracing() {
        return tracing;
    }

    /** Tells whoever listens. Does not wait, and does not fail. */
    public void tell(Event event) {
        Hearing[] listeners = event instanceof StepEvent ? following : hearing;
        if (listeners.length == 0) {
            return;
        }
        Told told = new Told(numbers.incrementAndGet(), clock.epochMillis(), event);
        for (Hearing one : listeners) {
            one.offer(told);
        }
    }

    @Override
    public Subscription subscribe(String name, int capacity, EventListener listener) {
        Hearing added = new Hearing(name, capacity, listener, this::remove);
        synchronized (this) {
            if (hearing.length == LISTENERS_MAX) {
                throw new IllegalStateException(
                        LISTENERS_MAX + " listen to these events already; end one that is not needed any more");
            }
            Hearing[] more = Arrays.copyOf(hearing, hearing.length + 1);
            more[hearing.length] = added;
            become(more);
        }
        added.start();
        return added;
    }

    private synchronized void remove(Hearing gone) {
        become(Arrays.stream(hearing).filter(one -> one != gone).toArray(Hearing[]::new));
    }

    private void become(Hearing[] listeners) {
        hearing = listeners;
        following = Arrays.stream(listeners).filter(Hearing::wantsSteps).toArray(Hearing[]::new);
        tracing = Arrays.stream(listeners)
                .map(Hearing::tracing)
                .filter(one -> one != Tracing.NONE)
                .findFirst()
                .orElse(Tracing.NONE);
    }
}
