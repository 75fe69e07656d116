package dev.assent.traces;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.event.BranchEvent;
import dev.assent.event.EventStream;
import dev.assent.event.OutboxEvent;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import dev.assent.trace.Arrival;
import dev.assent.trace.Traceparent;
import dev.assent.trace.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events in, spans out. */
class AssentTracesTest {
    private static final String ID = "0a1b";
    private static final String CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventStream stream = new EventStream(Clock.SYSTEM);
    private final Recorder recorder = new Recorder();
    private final AssentTraces traces = AssentTraces.begin(recorder, stream);

    /** OpenTelemetry with an exporter that keeps everything. */
    private static final class Recorder implements OpenTelemetry, SpanExporter {
        private final List<SpanData> spans = new CopyOnWriteArrayList<>();
        private final SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(this))
                .build();

        @Override
        public TracerProvider getTracerProvider() {
            return provider;
        }

        @Override
        public ContextPropagators getPropagators() {
            return ContextPropagators.noop();
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
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
    }

    @AfterEach
    void close() {
        traces.close();
    }

    /** Spans by their names, of which each is there once. */
    private record Recorded(List<SpanData> all) {
        SpanData get(String name) {
            return all.stream()
                    .filter(span -> span.getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no span " + name + " among " + all));
        }
    }

    private Recorded spans(int count) {
        long endNanos = Clock.SYSTEM.nanos() + TimeUnit.SECONDS.toNanos(120);
        while (recorder.spans.size() < count) {
            assertThat(Clock.SYSTEM.nanos()).as("%s", recorder.spans).isLessThan(endNanos);
            Thread.onSpinWait();
        }
        return new Recorded(List.copyOf(recorder.spans));
    }

    private void tellOfBranch(int number, String resource, String trace) {
        stream.tell(new BranchEvent.Enlisted(ID, number, resource, trace));
        stream.tell(new BranchEvent.Voted(ID, number, resource, BranchEvent.Vote.PREPARED, 3 * MILLI, ""));
        stream.tell(new BranchEvent.Ended(ID, number, resource, BranchEvent.End.COMMITTED, 2 * MILLI));
    }

    @Test
    void a_transaction_is_a_span_with_its_branches_and_phases_below_it_and_its_caller_above_it() {
        String trace = stream.tracing().under(CALLER, () -> stream.tracing().begin(ID));
        stream.tell(new TransactionEvent.Begun(ID, 1, trace));
        stream.tell(new TransactionEvent.Ending(ID, true, 2));
        tellOfBranch(1, "orders", trace);
        stream.tell(new TransactionEvent.Prepared(ID, 4 * MILLI));
        stream.tell(new TransactionEvent.Decided(ID, TransactionEvent.Decision.COMMIT, 5 * MILLI));
        stream.tell(new TransactionEvent.Ended(ID, TransactionEvent.Outcome.COMMITTED, 20 * MILLI, 6 * MILLI));

        Recorded spans = spans(7);

        SpanData transaction = spans.get("transaction");
        assertThat(trace)
                .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-" + transaction.getSpanId() + "-01")
                .matches(Traceparent::isWellFormed);
        assertThat(transaction.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(transaction.getAttributes().asMap().toString()).contains(ID, "committed");
        for (String child : List.of("prepare", "decide", "commit", "branch orders")) {
            assertThat(spans.get(child).getParentSpanId()).as(child).isEqualTo(transaction.getSpanId());
        }
        String branch = spans.get("branch orders").getSpanId();
        assertThat(spans.get("prepare orders").getParentSpanId()).isEqualTo(branch);
        assertThat(spans.get("commit orders").getParentSpanId()).isEqualTo(branch);
        SpanData decide = spans.get("decide");
        assertThat(decide.getEndEpochNanos() - decide.getStartEpochNanos()).isEqualTo(5 * MILLI);
        assertThat(spans.all()).extracting(SpanData::getTraceId).containsOnly("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void branches_of_a_transaction_that_was_begun_elsewhere_stand_below_the_span_that_they_were_called_by() {
        tellOfBranch(4, "stock", CALLER);

        assertThat(spans(3).get("branch stock").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void what_fails_or_nobody_knows_is_an_error() {
        String trace = stream.tracing().begin(ID);
        stream.tell(new BranchEvent.Enlisted(ID, 1, "orders", trace));
        stream.tell(new BranchEvent.Voted(ID, 1, "orders", BranchEvent.Vote.ROLLBACK, MILLI, "deferred check"));
        stream.tell(new TransactionEvent.Ended(ID, TransactionEvent.Outcome.UNKNOWN, MILLI, MILLI));

        Recorded spans = spans(4);

        assertThat(spans.get("branch orders").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(spans.get("branch orders").getStatus().getDescription()).isEqualTo("deferred check");
        assertThat(spans.get("transaction").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void a_row_that_was_published_and_the_message_that_came_of_it_belong_to_the_rows_trace() {
        stream.tell(new OutboxEvent.Sent("shop", 1, "orders", "key", "id", CALLER, MILLI));
        try (Tracing.Scope work = traces.tracing()
                .work(new Arrival(
                        Arrival.Kind.MESSAGE,
                        "process orders",
                        CALLER,
                        Map.of("messaging.destination.name", "orders")))) {
            assertThat(traces.tracing().current()).startsWith("00-0af7651916cd43dd8448eb211c80319c-");
            work.failed("no such order");
        }
        assertThat(traces.tracing().current()).isEmpty();

        Recorded spans = spans(2);

        assertThat(spans.get("send orders").getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(spans.get("process orders").getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(spans.get("process orders").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(spans.all()).extracting(SpanData::getParentSpanId).containsOnly("b7ad6b7169203331");
    }

    @Test
    void a_request_that_another_library_made_a_span_of_has_no_second_one() {
        Arrival request = new Arrival(Arrival.Kind.REQUEST, "POST", CALLER, Map.of());
        try (Tracing.Scope theirs = traces.tracing().work(request);
                Tracing.Scope ours = traces.tracing().work(request)) {
            assertThat(ours).isSameAs(Tracing.Scope.NOTHING).isNotSameAs(theirs);
        }
        assertThat(spans(1).all()).hasSize(1);
    }

    @Test
    void a_malformed_traceparent_begins_a_trace_of_its_own() {
        for (String wrong : List.of("", "00-0-0-01", CALLER.replace("0af76519", "XYZ76519"), CALLER + "-more")) {
            String trace = stream.tracing().under(wrong, () -> stream.tracing().begin(ID));
            assertThat(trace).as(wrong).matches(Traceparent::isWellFormed).doesNotContain("0af7651916cd43dd");
        }
    }

    @Test
    void a_caller_who_does_not_record_is_followed_without_a_span() {
        String unrecorded = CALLER.substring(0, CALLER.length() - 1) + "0";
        String trace = stream.tracing().under(unrecorded, () -> stream.tracing().begin(ID));
        stream.tell(new TransactionEvent.Begun(ID, 1, trace));
        tellOfBranch(1, "orders", trace);
        stream.tell(new TransactionEvent.Ended(ID, TransactionEvent.Outcome.COMMITTED, MILLI, MILLI));
        String last = stream.tracing().begin("ff");
        stream.tell(new TransactionEvent.Ended("ff", TransactionEvent.Outcome.COMMITTED, MILLI, MILLI));

        assertThat(trace).startsWith("00-0af7651916cd43dd8448eb211c80319c-").endsWith("-00");
        assertThat(spans(2).all()).extracting(SpanData::getTraceId).containsOnly(last.substring(3, 35));
    }

    @Test
    void without_an_implementation_nobody_listens_and_nothing_is_made() {
        EventStream unheard = new EventStream(Clock.SYSTEM);
        try (AssentTraces none = AssentTraces.begin(OpenTelemetry.noop(), unheard)) {
            assertThat(unheard.isHeard()).isFalse();
            assertThat(unheard.tracing()).isSameAs(Tracing.NONE).isSameAs(none.tracing());
        }
        traces.close();
        assertThat(stream.tracing()).isSameAs(Tracing.NONE);
    }

    @Test
    void what_makes_spans_may_fail_and_what_is_traced_does_not() throws Exception {
        SdkTracerProvider broken =
                SdkTracerProvider.builder().addSpanProcessor(new Broken()).build();
        EventStream heard = new EventStream(Clock.SYSTEM);
        OpenTelemetry telemetry = new OpenTelemetry() {
            @Override
            public TracerProvider getTracerProvider() {
                return broken;
            }

            @Override
            public ContextPropagators getPropagators() {
                return ContextPropagators.noop();
            }
        };
        try (AssentTraces none = AssentTraces.begin(telemetry, heard)) {
            Tracing tracing = none.tracing();
            try (Tracing.Scope work = tracing.work(new Arrival(Arrival.Kind.REQUEST, "POST", CALLER, Map.of()))) {
                work.failed("500");
            }

            assertThat(tracing.begin(ID)).isEmpty();
            assertThat(tracing.under(CALLER, () -> "done")).isEqualTo("done");
        }
    }

    /** Somebody's span processor on a bad day. */
    private static final class Broken implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            throw new IllegalStateException("a processor's fault");
        }

        @Override
        public boolean isStartRequired() {
            return true;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            throw new IllegalStateException("a processor's fault");
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
