package dev.assent.shop.service;

import dev.assent.outbox.consumer.ConsumedEvent;
import dev.assent.outbox.consumer.Effect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The effect of an event as one local transaction; what is not of the shop's kinds has none. */
public final class LocalEffect implements Effect {
    private final LocalTransactions local;
    private final Work work;

    /** What is done about an event. */
    @FunctionalInterface
    public interface Work {
        /** {@code raw} is the event as it came. What it does is kept if it is {@link Handling#DONE}. */
        Handling apply(Connection connection, EventKind kind, OrderEvent event, ConsumedEvent raw) throws SQLException;
    }

    public LocalEffect(LocalTransactions local, Work work) {
        this.local = local;
        this.work = work;
    }

    @Override
    public Handling apply(ConsumedEvent event) throws SQLException {
        Optional<EventKind> kind = EventKind.of(event.type());
        if (kind.isEmpty()) {
            return Handling.DONE;
        }
        OrderEvent read = OrderEvent.read(event.body());
        return local.run(
                connection -> work.apply(connection, kind.get(), read, event), handling -> handling == Handling.DONE);
    }
}
