package dev.assent.admin.traces;

import dev.assent.admin.view.SpanAttribute;
import dev.assent.admin.view.Trace;
import dev.assent.admin.view.TraceHead;
import dev.assent.admin.view.TracedSpan;
import dev.assent.admin.view.Traces;
import dev.assent.traces.AssentTraces;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The last traces of this process, the eldest forgotten first. Thread-safe; nothing here waits. */
public final class KeptTraces implements SpanExporter {
    /** As many traces as a process may be told to keep. */
    public static final int TRACES_MAX = 10_000;

    /** Spans of one trace; more are counted only. */
    public static final int SPANS_MAX = 256;

    /** Characters of a value; the rest is left out. */
    public static final int VALUE_CHARACTERS_MAX = 500;

    private static final int ATTRIBUTES_MAX = 32;
    private static final long NANOS_OF_A_MILLI = 1_000_000;

    private static final AttributeKey<String> TRANSACTION = AttributeKey.stringKey(AssentTraces.TRANSACTION_ID);

    private final String process;
    private final int tracesMax;
    private final Map<String, Kept> traces = new LinkedHashMap<>();

    private static final class Kept {
        final List<SpanData> spans = new ArrayList<>();
        /** Gtrids of the spans. */
        final Set<String> transactions = new HashSet<>();

        int leftOut;
    }

    /**
     * @param process who makes these spans, as people call it
     * @param tracesMax 1 to {@value #TRACES_MAX}
     */
    public KeptTraces(String process, int tracesMax) {
        if (tracesMax < 1 || tracesMax > TRACES_MAX) {
            throw new IllegalArgumentException("a process keeps 1 to " + TRACES_MAX + " traces, not " + tracesMax);
        }
        this.process = process;
        this.tracesMax = tracesMax;
    }

    /** To make spans with that are kept here: every one whose caller does not say that its trace is not recorded. */
    public OpenTelemetry telemetry() {
        return new Telemetry(SdkTracerProvider.builder()
                .setSpanLimits(SpanLimits.builder()
                        .setMaxAttributeValueLength(VALUE_CHARACTERS_MAX)
                        .setMaxNumberOfAttributes(ATTRIBUTES_MAX)
                        .setMaxNumberOfEvents(ATTRIBUTES_MAX)
                        .build())
                .addSpanProcessor(SimpleSpanProcessor.create(this))
                .build());
    }

    /** Nothing but spans: how they travel is known to whoever carries them. */
    private record Telemetry(SdkTracerProvider provider) implements OpenTelemetry {
        @Override
        public TracerProvider getTracerProvider() {
            return provider;
        }

        @Override
        public ContextPropagators getPropagators() {
            return ContextPropagators.noop();
        }
    }

    @Override
    public synchronized CompletableResultCode export(Collection<SpanData> ended) {
        for (SpanData span : ended) {
            Kept kept = traces.computeIfAbsent(span.getTraceId(), id -> new Kept());
            if (kept.spans.size() < SPANS_MAX) {
                kept.spans.add(span);
                String transaction = span.getAttributes().get(TRANSACTION);
                if (transaction != null) {
                    kept.transactions.add(transaction);
                }
            } else {
                kept.leftOut++;
            }
            if (traces.size() > tracesMax) {
                traces.remove(traces.keySet().iterator().next());
            }
        }
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }

    /** What is remembered of one. */
    public synchronized Optional<Trace> find(String id) {
        return Optional.ofNullable(traces.get(id))
                .map(kept -> new Trace(
                        id,
                        kept.leftOut,
                        kept.spans.stream()
                                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                                .map(this::shown)
                                .toList()));
    }

    /** The latest of them. */
    public Traces latest(int limit) {
        return latest(limit, kept -> true);
    }

    /**
     * The latest of those that a transaction went through.
     *
     * @param transaction its gtrid in hexadecimal
     */
    public Traces latestOf(String transaction, int limit) {
        return latest(limit, kept -> kept.transactions.contains(transaction));
    }

    private synchronized Traces latest(int limit, Predicate<Kept> wanted) {
        List<Map.Entry<String, Kept>> all = new ArrayList<>(traces.entrySet());
        Collections.reverse(all);
        return new Traces(
                tracesMax,
                all.stream()
                        .filter(entry -> wanted.test(entry.getValue()))
                        .limit(limit)
                        .map(entry -> head(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private static TraceHead head(String id, Kept kept) {
        Set<String> here = kept.spans.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
        // Events tell milliseconds, so that a child may seem to begin before its parent.
        SpanData first = kept.spans.stream()
                .min(Comparator.comparing((SpanData span) -> here.contains(span.getParentSpanId()))
                        .thenComparingLong(SpanData::getStartEpochNanos))
                .orElseThrow();
        long end =
                kept.spans.stream().mapToLong(SpanData::getEndEpochNanos).max().orElseThrow();
        int failures = (int) kept.spans.stream().filter(KeptTraces::hasFailed).count();
        return new TraceHead(
                id,
                first.getName(),
                start(first),
                end - first.getStartEpochNanos(),
                kept.spans.size() + kept.leftOut,
                failures);
    }

    private static boolean hasFailed(SpanData span) {
        return span.getStatus().getStatusCode() == StatusCode.ERROR;
    }

    private static Instant start(SpanData span) {
        return Instant.ofEpochMilli(span.getStartEpochNanos() / NANOS_OF_A_MILLI);
    }

    private TracedSpan shown(SpanData span) {
        List<SpanAttribute> attributes = new ArrayList<>();
        span.getAttributes()
                .forEach((key, value) -> attributes.add(new SpanAttribute(key.getKey(), String.valueOf(value))));
        attributes.sort(Comparator.comparing(SpanAttribute::name));
        return new TracedSpan(
                span.getSpanId(),
                Optional.of(span.getParentSpanId()).filter(SpanId::isValid),
                process,
                span.getName(),
                span.getKind().name(),
                start(span),
                (int) (span.getStartEpochNanos() % NANOS_OF_A_MILLI),
                span.getEndEpochNanos() - span.getStartEpochNanos(),
                hasFailed(span) ? Optional.of(span.getStatus().getDescription()) : Optional.empty(),
                attributes);
    }
}
