package dev.assent.outbox.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an event may carry beside its body. */
class OutboxMessageTest {
    private final OutboxMessage message = OutboxMessage.of(
            "orders",
            "key",
            EventAttributes.json(UUID.randomUUID(), "/shop", "placed")
                    .withTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            Body.copyOf("{}".getBytes(StandardCharsets.UTF_8)));

    @Test
    void the_token_of_a_transaction_does_not_go_to_consumers() {
        for (String name : new String[] {"Assent-Transaction", "assent-transaction", "ASSENT-TRANSACTION"}) {
            assertThatThrownBy(() -> message.withHeader(name, "at1-secret"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a consumer joins nothing")
                    .hasMessageNotContaining("at1-secret");
        }
    }

    @Test
    void the_trace_does() {
        assertThat(message.withHeader("tenant", "7").attributes().traceparent())
                .hasValue("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }
}
