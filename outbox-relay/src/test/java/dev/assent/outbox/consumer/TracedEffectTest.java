package dev.assent.outbox.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.model.Body;
import dev.assent.trace.Arrival;
import dev.assent.trace.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is told of an event's attempts to who makes spans. */
final class TracedEffectTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final ConsumedEvent EVENT = new ConsumedEvent(
            "/shop",
            "7",
            "paid",
            "key",
            Map.of("traceparent", TRACE),
            Body.utf8("{}"),
            new ConsumedEvent.Position("orders", 3, 42));

    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();

    private final Tracing tracing = new Tracing() {
        @Override
        public String current() {
            return "";
        }

        @Override
        public String begin(String transaction) {
            return "";
        }

        @Override
        public <T> T under(String traceparent, Supplier<T> work) {
            return work.get();
        }

        @Override
        public Scope work(Arrival arrival) {
            arrivals.add(arrival);
            return new Scope() {
                @Override
                public void failed(String cause) {
                    ends.add(cause);
                }

                @Override
                public void close() {
                    ends.add("closed");
                }
            };
        }
    };

    @Test
    void an_attempt_is_a_part_of_the_trace_that_the_event_came_with() throws Exception {
        TracedEffect effect = new TracedEffect(() -> tracing, "shipping", event -> Effect.Handling.DONE);

        assertThat(effect.apply(EVENT)).isEqualTo(Effect.Handling.DONE);

        assertThat(arrivals).hasSize(1);
        Arrival arrival = arrivals.get(0);
        assertThat(arrival.kind()).isEqualTo(Arrival.Kind.MESSAGE);
        assertThat(arrival.name()).isEqualTo("process orders");
        assertThat(arrival.traceparent()).isEqualTo(TRACE);
        assertThat(arrival.attributes())
                .containsEntry("messaging.kafka.offset", "42")
                .containsEntry("messaging.consumer.group.name", "shipping");
        assertThat(ends).containsExactly("closed");
    }

    @Test
    void an_attempt_that_fails_or_is_put_off_says_so() throws Exception {
        TracedEffect later = new TracedEffect(() -> tracing, "shipping", event -> Effect.Handling.LATER);
        TracedEffect failing = new TracedEffect(() -> tracing, "shipping", event -> {
            throw new IllegalStateException("planted");
        });

        assertThat(later.apply(EVENT)).isEqualTo(Effect.Handling.LATER);
        assertThatThrownBy(() -> failing.apply(EVENT)).hasMessage("planted");

        assertThat(ends).containsExactly("to be tried later", "closed", "java.lang.IllegalStateException", "closed");
    }

    @Test
    void where_nobody_makes_spans_the_effect_is_alone() throws Exception {
        TracedEffect effect = new TracedEffect(() -> Tracing.NONE, "shipping", event -> Effect.Handling.DONE);

        assertThat(effect.apply(EVENT)).isEqualTo(Effect.Handling.DONE);
    }
}
