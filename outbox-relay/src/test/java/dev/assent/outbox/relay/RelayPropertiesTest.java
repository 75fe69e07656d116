package dev.assent.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.policy.Exhausted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RelayPropertiesTest {
    private static Properties complete() {
        Properties properties = new Properties();
        properties.setProperty("relay.name", "orders");
        properties.setProperty("database.url", "jdbc:postgresql://localhost:5432/shop");
        properties.setProperty("database.user", "shop");
        properties.setProperty("kafka.bootstrap.servers", "localhost:9092");
        properties.setProperty("coordination.connect", "localhost:2181");
        return properties;
    }

    private static RelayProperties.Parts parts(Properties properties) throws Exception {
        return new RelayProperties(properties).parts("fallback-1");
    }

    @Test
    void what_is_not_said_has_a_default() throws Exception {
        RelayProperties.Parts parts = parts(complete());

        assertThat(parts.relay()).isEqualTo(RelaySettings.standard("orders", "fallback-1"));
        assertThat(parts.leases().session()).isEqualTo(Duration.ofSeconds(4));
        assertThat(parts.database().shardsToInstall()).isEmpty();
    }

    @Test
    void what_is_said_is_heard() throws Exception {
        Properties properties = complete();
        properties.setProperty("relay.instance", "orders-2");
        properties.setProperty("retry.exhausted", "dead-letter");
        properties.setProperty("poll.millis", "5");
        properties.setProperty("batch.records", "7");
        properties.setProperty("kafka.compression.type", "lz4");
        properties.setProperty("schema.shards", "3");

        RelayProperties.Parts parts = parts(properties);

        assertThat(parts.relay().instance()).isEqualTo("orders-2");
        assertThat(parts.relay().retry().exhausted()).isEqualTo(Exhausted.DEAD_LETTER);
        assertThat(parts.relay().pacing().busy()).isEqualTo(Duration.ofMillis(5));
        assertThat(parts.relay().limits().records()).isEqualTo(7);
        assertThat(parts.kafka().kafka()).containsEntry("compression.type", "lz4");
        assertThat(parts.database().shardsToInstall()).contains(3);
    }

    @Test
    void secrets_come_from_files_and_are_not_printed(@TempDir Path directory) throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "sesame\n");
        Properties properties = complete();
        properties.setProperty("database.passwordFile", password.toString());
        properties.setProperty("coordination.credentials", "relay:sesame");
        properties.setProperty("kafka.sasl.jaas.config", "password=sesame");

        RelayProperties.Parts parts = parts(properties);

        assertThat(parts.database().password()).isEqualTo("sesame");
        assertThat(parts.toString()).doesNotContain("sesame");
    }

    @Test
    void a_mistake_is_named_with_its_remedy() {
        Properties missing = complete();
        missing.remove("database.url");
        Properties unknown = complete();
        unknown.setProperty("batch.recods", "7");
        Properties wrong = complete();
        wrong.setProperty("batch.records", "many");

        assertThatThrownBy(() -> parts(missing))
                .hasMessage("database.url is missing: the JDBC URL," + " jdbc:postgresql://host:port/database");
        assertThatThrownBy(() -> parts(unknown))
                .hasMessageContaining("unknown properties [batch.recods]; known are [batch.bytes, batch.records");
        assertThatThrownBy(() -> parts(wrong)).hasMessage("batch.records is \"many\", which is not a whole number");
    }
}
