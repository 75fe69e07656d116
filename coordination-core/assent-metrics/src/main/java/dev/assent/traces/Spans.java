package dev.assent.traces;

import dev.assent.time.Clock;
import dev.assent.trace.Arrival;
import dev.assent.trace.Traceparent;
import dev.assent.trace.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Tracing} by OpenTelemetry, and the spans of transactions that have not ended. Thread-safe. */
final class Spans implements Tracing {
    /** Transactions with a span that has not ended; of more, the eldest one's span ends as it is. */
    static final int OPEN_MAX = 10_000;

    static final AttributeKey<String> TRANSACTION = AttributeKey.stringKey(AssentTraces.TRANSACTION_ID);
    /** OpenTelemetry's own: what kind of failure it was. */
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private static final Logger LOG = LoggerFactory.getLogger(Spans.class);
    private static final io.opentelemetry.context.Scope NOWHERE = () -> {};
    private static final String INSTRUMENTATION = "dev.assent";
    private static final int TRACE_AT = 3;
    private static final int SPAN_AT = 36;
    private static final int FLAGS_AT = 53;

    private final Tracer tracer;
    private final Map<String, OpenTransaction> open = new LinkedHashMap<>();

    Spans(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer(INSTRUMENTATION);
    }

    @Override
    public String current() {
        return orElse("", () -> traceparent(Span.current().getSpanContext()));
    }

    @Override
    public String begin(String transaction) {
        return orElse("", () -> begun(transaction));
    }

    /** Its times are the events', which are told in whole milliseconds: a span must not end before it begins. */
    private String begun(String transaction) {
        Span span = tracer.spanBuilder("transaction")
                .setAttribute(TRANSACTION, transaction)
                .setStartTimestamp(Clock.SYSTEM.epochMillis(), TimeUnit.MILLISECONDS)
                .startSpan();
        if (span.isRecording()) {
            keep(transaction, new OpenTransaction(tracer, span.storeInContext(Context.root()), Optional.of(span)));
        }
        return traceparent(span.getSpanContext());
    }

    @Override
    @SuppressWarnings("MustBeClosed") // in the end, whatever the work does
    public <T> T under(String traceparent, Supplier<T> work) {
        io.opentelemetry.context.Scope at =
                orElse(NOWHERE, () -> below(traceparent).makeCurrent());
        try {
            return work.get();
        } finally {
            quietly(at::close);
        }
    }

    @Override
    public Scope work(Arrival arrival) {
        return orElse(Scope.NOTHING, () -> begun(arrival));
    }

    @SuppressWarnings("MustBeClosed") // with the answer, by whoever called
    private static Scope current(Span span) {
        return new Work(span, span.makeCurrent());
    }

    private Scope begun(Arrival arrival) {
        if (Span.current().getSpanContext().isValid()) {
            return Scope.NOTHING;
        }
        SpanBuilder builder = tracer.spanBuilder(arrival.name())
                .setParent(below(arrival.traceparent()))
                .setSpanKind(
                        switch (arrival.kind()) {
                            case REQUEST -> SpanKind.SERVER;
                            case MESSAGE -> SpanKind.CONSUMER;
                        });
        arrival.attributes().forEach(builder::setAttribute);
        return current(builder.startSpan());
    }

    /** What makes and exports spans is somebody else's, and may fail; what is traced must not. */
    private static <T> T orElse(T otherwise, Supplier<T> step) {
        try {
            return step.get();
        } catch (RuntimeException | LinkageError failed) {
            complain(failed);
            return otherwise;
        }
    }

    private static void quietly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError failed) {
            complain(failed);
        }
    }

    private static void complain(Throwable failed) {
        LOG.debug("a span was lost: what makes or exports spans has failed", failed);
    }

    /** A root, if it is malformed. */
    static Context below(String traceparent) {
        if (!Traceparent.isWellFormed(traceparent)) {
            return Context.root();
        }
        return Span.wrap(SpanContext.createFromRemoteParent(
                        traceparent.substring(TRACE_AT, SPAN_AT - 1),
                        traceparent.substring(SPAN_AT, FLAGS_AT - 1),
                        TraceFlags.fromHex(traceparent, FLAGS_AT),
                        TraceState.getDefault()))
                .storeInContext(Context.root());
    }

    private static String traceparent(SpanContext span) {
        return span.isValid()
                ? "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                        + span.getTraceFlags().asHex()
                : "";
    }

    Tracer tracer() {
        return tracer;
    }

    synchronized Optional<OpenTransaction> find(String transaction) {
        return Optional.ofNullable(open.get(transaction));
    }

    /** Of one that was begun elsewhere, in whose trace this process's branches stand. */
    OpenTransaction joined(String transaction, String traceparent) {
        Optional<OpenTransaction> known = find(transaction);
        if (known.isPresent()) {
            return known.get();
        }
        OpenTransaction added = new OpenTransaction(tracer, below(traceparent), Optional.empty());
        keep(transaction, added);
        return added;
    }

    /** An exporter may take its time with the one that has to go: nobody else waits for it. */
    private void keep(String transaction, OpenTransaction added) {
        tooMany(transaction, added).ifPresent(gone -> gone.end("unknown", Clock.SYSTEM.epochMillis()));
    }

    private synchronized Optional<OpenTransaction> tooMany(String transaction, OpenTransaction added) {
        open.put(transaction, added);
        return open.size() > OPEN_MAX
                ? Optional.ofNullable(open.remove(open.keySet().iterator().next()))
                : Optional.empty();
    }

    synchronized void forget(String transaction) {
        open.remove(transaction);
    }

    private record Work(Span span, io.opentelemetry.context.Scope current) implements Scope {
        @Override
        public void failed(String cause) {
            quietly(() -> span.setStatus(StatusCode.ERROR, cause).setAttribute(ERROR_TYPE, cause));
        }

        @Override
        public void close() {
            quietly(current::close);
            quietly(span::end);
        }
    }
}
