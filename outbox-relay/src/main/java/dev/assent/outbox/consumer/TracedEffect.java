package dev.assent.outbox.consumer;

import dev.assent.trace.Arrival;
import dev.assent.trace.Tracing;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An effect each of whose attempts is a span, below the one that the event's {@code traceparent} names; what the effect
 * calls belongs below that. Names and attributes are OpenTelemetry's for messaging.
 */
public final class TracedEffect implements Effect {
    private final Supplier<Tracing> tracing;
    private final String group;
    private final Effect effect;

    /**
     * @param tracing what makes spans; asked for each event, as it may come and go
     * @param group of the consumer
     */
    public TracedEffect(Supplier<Tracing> tracing, String group, Effect effect) {
        this.tracing = tracing;
        this.group = group;
        this.effect = effect;
    }

    @Override
    public Handling apply(ConsumedEvent event) throws Exception {
        Tracing now = tracing.get();
        if (now == Tracing.NONE) {
            return effect.apply(event);
        }
        try (Tracing.Scope span = now.work(arrival(event))) {
            try {
                Handling handling = effect.apply(event);
                if (handling == Handling.LATER) {
                    span.failed("to be tried later");
                }
                return handling;
            } catch (Exception failed) {
                span.failed(failed.getClass().getName());
                throw failed;
            }
        }
    }

    private Arrival arrival(ConsumedEvent event) {
        ConsumedEvent.Position position = event.position();
        return new Arrival(
                Arrival.Kind.MESSAGE,
                "process " + position.topic(),
                event.traceparent().orElse(""),
                Map.of(
                        "messaging.system",
                        "kafka",
                        "messaging.operation.name",
                        "process",
                        "messaging.operation.type",
                        "process",
                        "messaging.destination.name",
                        position.topic(),
                        "messaging.destination.partition.id",
                        String.valueOf(position.partition()),
                        "messaging.kafka.offset",
                        String.valueOf(position.offset()),
                        "messaging.consumer.group.name",
                        group,
                        "messaging.message.id",
                        event.id()));
    }
}
