package dev.assent.metrics;

import dev.assent.event.EventSource;
import dev.assent.event.Subscription;
import dev.assent.time.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;

/**
 * The meters of a part that tells events, for an application's own registry. It listens from {@link #bindTo} to
 * {@link #close}. Thread-safe.
 */
public final class AssentMeters implements MeterBinder, AutoCloseable {
    private final List<EventSource> sources;
    private final List<Subscription> subscriptions = new ArrayList<>();

    public AssentMeters(EventSource... sources) {
        this.sources = List.of(sources);
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        EventMeters listener = new EventMeters(new Meters(registry), Clock.SYSTEM);
        for (EventSource source : sources) {
            listener.lanesOf(source);
            subscriptions.add(source.subscribe("assent-meters", EventSource.CAPACITY, listener));
        }
    }

    @Override
    public synchronized void close() {
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
    }
}
