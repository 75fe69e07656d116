package dev.assent.traces;

import dev.assent.event.EventSource;
import dev.assent.event.Subscription;
import dev.assent.trace.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes spans of what parts of a process tell, from {@link #begin} to {@link #close}. Without an implementation of
 * OpenTelemetry nothing is listened to, so that nothing is told either. Thread-safe.
 */
public final class AssentTraces implements AutoCloseable {
    /** The attribute of a span that says to which transaction it belongs. */
    public static final String TRANSACTION_ID = "assent.transaction.id";

    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Tracing tracing;

    private AssentTraces(OpenTelemetry telemetry, List<EventSource> sources) {
        if (telemetry == OpenTelemetry.noop()) {
            tracing = Tracing.NONE;
            return;
        }
        Spans spans = new Spans(telemetry);
        tracing = spans;
        for (EventSource source : sources) {
            subscriptions.add(source.subscribe("assent-traces", EventSource.CAPACITY, new TransactionSpans(spans)));
        }
    }

    /**
     * Makes spans from now on, of transactions that begin from now on.
     *
     * @param telemetry the process's; {@link OpenTelemetry#noop()} for none
     * @throws IllegalStateException too many listen to a source already
     */
    public static AssentTraces begin(OpenTelemetry telemetry, EventSource... sources) {
        return new AssentTraces(telemetry, List.of(sources));
    }

    /** For who tells no events, as a consumer of messages. */
    public Tracing tracing() {
        return tracing;
    }

    @Override
    public synchronized void close() {
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
    }
}
