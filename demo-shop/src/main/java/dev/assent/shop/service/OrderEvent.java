package dev.assent.shop.service;

import dev.assent.outbox.jdbc.Outbox;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of every event: what happened to which order.
 *
 * @param amountCents 0 until there is a price
 * @param reason why something did not go well; empty otherwise
 */
public record OrderEvent(UUID orderId, String customer, String item, int quantity, long amountCents, String reason) {

    public OrderEvent withAmount(long cents) {
        return new OrderEvent(orderId, customer, item, quantity, cents, reason);
    }

    public OrderEvent because(String why) {
        return new OrderEvent(orderId, customer, item, quantity, amountCents, why);
    }

    /** Published exactly when the transaction of {@code connection} commits; its id is the same however often it is told. */
    public void append(Connection connection, EventKind kind) throws SQLException {
        String subject = orderId.toString();
        UUID id = UUID.nameUUIDFromBytes((kind.type() + subject).getBytes(StandardCharsets.UTF_8));
        long unused = new Outbox()
                .append(
                        connection,
                        OutboxMessage.of(
                                kind.topic(),
                                subject,
                                EventAttributes.json(id, kind.source(), kind.type())
                                        .withSubject(subject),
                                Body.utf8(JsonMapper.shared().writeValueAsString(this))));
    }

    static OrderEvent read(Body body) {
        return JsonMapper.shared().readValue(body.toUtf8(), OrderEvent.class);
    }
}
