package dev.assent.rm.testing;

import dev.assent.event.EventListener;
import dev.assent.event.Told;
import dev.assent.trace.Arrival;
import dev.assent.trace.Tracing;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes no spans, but one name for all of them, and notes what arrived and what failed of it. */
public final class NotedTracing implements EventListener, Tracing {
    /** The traceparent of every transaction that is begun. */
    public static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    @SuppressWarnings("ThreadLocalUsage") // it is this object's; tests have one each
    private final ThreadLocal<@Nullable String> current = new ThreadLocal<>();

    public List<Arrival> arrivals() {
        return arrivals;
    }

    public List<String> failures() {
        return failures;
    }

    @Override
    public Tracing tracing() {
        return this;
    }

    @Override
    public void heard(Told told) {
        // Only what is asked of it counts.
    }

    @Override
    public void missed(long events) {
        // As above.
    }

    @Override
    public String current() {
        String now = current.get();
        return now == null ? "" : now;
    }

    @Override
    public String begin(String transaction) {
        return TRACE;
    }

    @Override
    public <T> T under(String traceparent, Supplier<T> work) {
        return work.get();
    }

    @Override
    public Scope work(Arrival arrival) {
        arrivals.add(arrival);
        current.set(arrival.traceparent());
        return new Scope() {
            @Override
            public void failed(String cause) {
                failures.add(cause);
            }

            @Override
            public void close() {
                current.remove();
            }
        };
    }
}
