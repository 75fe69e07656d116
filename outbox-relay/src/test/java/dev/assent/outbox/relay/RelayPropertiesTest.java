package dev.assent.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.policy.Exhausted;
import dev.assent.settings.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RelayPropertiesTest {
    private static final List<String> COMPLETE = List.of(
            "relay.name=orders",
            "database.url=jdbc:postgresql://localhost:5432/shop",
            "database.user=shop",
            "kafka.bootstrap.servers=localhost:9092",
            "coordination.connect=localhost:2181");

    @TempDir
    private Path directory;

    private RelayProperties.Parts complete(String... more) throws Exception {
        List<String> lines = new ArrayList<>(COMPLETE);
        lines.addAll(List.of(more));
        return parts(lines);
    }

    private RelayProperties.Parts parts(List<String> lines) throws Exception {
        return RelayProperties.read(Files.write(directory.resolve("relay.properties"), lines), "fallback-1");
    }

    @Test
    void what_is_not_said_has_a_default() throws Exception {
        RelayProperties.Parts parts = complete();

        assertThat(parts.relay()).isEqualTo(RelaySettings.standard("orders", "fallback-1"));
        assertThat(parts.leases().session()).isEqualTo(Duration.ofSeconds(4));
        assertThat(parts.database().shardsToInstall()).isEmpty();
        assertThat(parts.purge()).isPresent();
    }

    @Test
    void what_is_said_is_heard() throws Exception {
        RelayProperties.Parts parts = complete(
                "relay.instance=orders-2",
                "retry.exhausted=dead-letter",
                "poll.busy=5ms",
                "batch.records=7",
                "batch.size=2MB",
                "kafka.compression.type=lz4",
                "schema.shards=3",
                "purge=off");

        assertThat(parts.relay().instance()).isEqualTo("orders-2");
        assertThat(parts.relay().retry().exhausted()).isEqualTo(Exhausted.DEAD_LETTER);
        assertThat(parts.relay().pacing().busy()).isEqualTo(Duration.ofMillis(5));
        assertThat(parts.relay().limits().records()).isEqualTo(7);
        assertThat(parts.relay().limits().bytes()).isEqualTo(2 << 20);
        assertThat(parts.kafka().kafka())
                .containsEntry("compression.type", "lz4")
                .containsEntry("bootstrap.servers", "localhost:9092");
        assertThat(parts.database().shardsToInstall()).contains(3);
        assertThat(parts.purge()).isEmpty();
    }

    @Test
    void a_password_in_the_url_is_not_printed() {
        RelayProperties.Database database = new RelayProperties.Database(
                "jdbc:postgresql://db:5432/shop?password=hush", "relay", "", Optional.empty());

        assertThat(database.server()).isEqualTo("jdbc:postgresql://db:5432/shop");
        assertThat(database).hasToString("jdbc:postgresql://db:5432/shop as relay");
    }

    @Test
    void secrets_come_from_files_and_are_not_printed() throws Exception {
        Files.writeString(directory.resolve("password"), "sesame\n");

        RelayProperties.Parts parts = complete(
                "database.passwordFile=password",
                "coordination.credentials=relay:sesame",
                "kafka.sasl.jaas.config=password=sesame");

        assertThat(parts.database().password()).isEqualTo("sesame");
        assertThat(parts.toString()).doesNotContain("sesame");
    }

    @Test
    void a_mistake_is_named_with_its_place_and_its_remedy() {
        List<String> missing = new ArrayList<>(COMPLETE);
        missing.remove(1);

        assertThatThrownBy(() -> parts(missing))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("relay.properties: database.url is missing")
                .hasMessageContaining("jdbc:postgresql://host:port/database");
        assertThatThrownBy(() -> complete("batch.recods=7"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("line 6: batch.recods is no key that is known: did you mean batch.records?");
        assertThatThrownBy(() -> complete("batch.records=many")).hasMessageContaining("'many' is not a whole number");
        assertThatThrownBy(() -> complete("schema.shards=257"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll("line 6: schema.shards=257", "1..256");
        assertThatThrownBy(() -> complete("poll.millis=20"))
                .hasMessageContaining("poll.millis is no key")
                .hasMessageContaining("poll.busy");
        assertThatThrownBy(() -> complete("purge.inbox=30")).hasMessageContaining("purge.inbox=30: give a number with");
        assertThatThrownBy(() -> complete("purge.inbox=1d"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("relay.properties: the inbox remembers");
    }
}
