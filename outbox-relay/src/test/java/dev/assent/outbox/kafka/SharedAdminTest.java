package dev.assent.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

final class SharedAdminTest {
    @Test
    void after_its_end_it_makes_no_client_that_nobody_would_close() {
        SharedAdmin clients = new SharedAdmin(KafkaSettings.of("relay", "localhost:1"), "nothing");
        assertThat(clients.get()).isSameAs(clients.get());

        clients.close();

        assertThatThrownBy(clients::get).isInstanceOf(KafkaException.class).hasMessageContaining("closed");
    }
}
