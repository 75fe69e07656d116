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
import java.util.function.Supplier;

/** {@link Tracing} by OpenTelemetry, and the spans of transactions that have not ended. Thread-safe. */
final class Spans implements Tracing {
    /** Transactions with a span that has not ended; of more, the eldest one's span ends as it is. */
    static final int OPEN_MAX = 10_000;

    static final AttributeKey<String> TRANSACTION = AttributeKey.stringKey("assent.transaction.id");
    /** OpenTelemetry's own: what kind of failure it was. */
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

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
        return traceparent(Span.current().getSpanContext());
    }

    @Override
    public String begin(String transaction) {
        Span span = tracer.spanBuilder("transaction")
                .setAttribute(TRANSACTION, transaction)
                .startSpan();
        if (span.isRecording()) {
            keep(transaction, new OpenTransaction(tracer, span.storeInContext(Context.root()), Optional.of(span)));
        }
        return traceparent(span.getSpanContext());
    }

    @Override
    public <T> T under(String traceparent, Supplier<T> work) {
        return below(traceparent).wrapSupplier(work).get();
    }

    @Override
    @SuppressWarnings("MustBeClosed") // with the answer, by whoever called
    public Scope work(Arrival arrival) {
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
        Span span = builder.startSpan();
        return new Work(span, span.makeCurrent());
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
    synchronized OpenTransaction joined(String transaction, String traceparent) {
        OpenTransaction known = open.get(transaction);
        if (known != null) {
            return known;
        }
        OpenTransaction added = new OpenTransaction(tracer, below(traceparent), Optional.empty());
        keep(transaction, added);
        return added;
    }

    private synchronized void keep(String transaction, OpenTransaction added) {
        open.put(transaction, added);
        if (open.size() > OPEN_MAX) {
            String eldest = open.keySet().iterator().next();
            OpenTransaction gone = open.remove(eldest);
            if (gone != null) {
                gone.end("unknown", Clock.SYSTEM.epochMillis());
            }
        }
    }

    synchronized void forget(String transaction) {
        open.remove(transaction);
    }

    private record Work(Span span, io.opentelemetry.context.Scope current) implements Scope {
        @Override
        public void failed(String cause) {
            span.setStatus(StatusCode.ERROR, cause).setAttribute(ERROR_TYPE, cause);
        }

        @Override
        public void close() {
            current.close();
            span.end();
        }
    }
}
