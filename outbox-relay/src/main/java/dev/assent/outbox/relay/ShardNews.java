package dev.assent.outbox.relay;

import dev.assent.event.EventStream;
import dev.assent.event.OutboxEvent;
import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardLease;
import dev.assent.trace.Tracing;
import java.time.Duration;

/** Tells events of one shard under one lease, on its worker's thread. Waits for nothing. */
final class ShardNews {
    private final EventStream events;
    private final String relay;
    private final int shard;
    private final long epoch;
    private boolean taken;

    ShardNews(EventStream events, String relay, ShardLease lease) {
        this.events = events;
        this.relay = relay;
        this.shard = lease.shard().number();
        this.epoch = lease.epoch().number();
    }

    /** To be called whenever it is served, the first time or again. */
    void taken() {
        if (!taken && events.isHeard()) {
            events.tell(new OutboxEvent.Taken(relay, shard, epoch));
        }
        taken = true;
    }

    void given() {
        if (taken && events.isHeard()) {
            events.tell(new OutboxEvent.Given(relay, shard, epoch));
        }
    }

    void published(int rows) {
        if (events.isHeard()) {
            events.tell(new OutboxEvent.Published(relay, shard, rows));
        }
    }

    /** One by one those that belong to a trace. */
    void sent(Batch batch, long nanos) {
        if (events.tracing() == Tracing.NONE) {
            return;
        }
        for (OutboxRecord record : batch.records()) {
            OutboxMessage message = record.message();
            EventAttributes event = message.attributes();
            event.traceparent()
                    .ifPresent(trace -> events.tell(new OutboxEvent.Sent(
                            relay,
                            shard,
                            message.topic(),
                            String.valueOf(record.key()),
                            String.valueOf(event.id()),
                            trace,
                            nanos)));
        }
    }

    void refused(OutboxRecord record, int failures, OutboxEvent.Next next, String reason) {
        if (events.isHeard()) {
            events.tell(new OutboxEvent.Refused(
                    relay, shard, String.valueOf(record.key()), record.seq(), failures, next, reason));
        }
    }

    void parked(int keys, String reason) {
        if (events.isHeard()) {
            events.tell(new OutboxEvent.Parked(relay, shard, keys, reason));
        }
    }

    void released(int keys, String topic) {
        if (events.isHeard()) {
            events.tell(new OutboxEvent.Released(relay, shard, keys, topic));
        }
    }

    void stalled(String reason) {
        if (events.isHeard()) {
            events.tell(new OutboxEvent.Stalled(relay, shard, reason));
        }
    }

    void resumed(Duration after) {
        if (events.isHeard()) {
            events.tell(new OutboxEvent.Resumed(relay, shard, after.toNanos()));
        }
    }
}
