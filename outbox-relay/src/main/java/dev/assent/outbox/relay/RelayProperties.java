package dev.assent.outbox.relay;

import dev.assent.outbox.kafka.KafkaSettings;
import dev.assent.outbox.lease.LeaseSettings;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Exhausted;
import dev.assent.outbox.policy.PollPacing;
import dev.assent.outbox.policy.RetryPolicy;
import dev.assent.outbox.purge.PurgeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The properties of a relay, each checked when it is read. An unknown name is an error, so that a slip of the pen does
 * not silently leave a default in place.
 */
final class RelayProperties {
    private static final String KAFKA = "kafka.";

    private final Map<String, String> given;
    private final SortedSet<String> known = new TreeSet<>();

    RelayProperties(Properties properties) {
        this.given = new TreeMap<>();
        properties
                .stringPropertyNames()
                .forEach(name -> given.put(name, properties.getProperty(name).strip()));
    }

    /** Where the outbox is; {@code shardsToInstall} if its schema is to be installed. */
    record Database(String url, String user, String password, Optional<Integer> shardsToInstall) {
        @Override
        public String toString() {
            return url + " as " + user;
        }
    }

    /** Everything a relay is built from. */
    record Parts(
            RelaySettings relay,
            Database database,
            KafkaSettings kafka,
            LeaseSettings leases,
            Optional<PurgeSettings> purge) {}

    /**
     * All settings.
     *
     * @param fallbackInstance the instance's name if none is given
     * @throws IllegalArgumentException naming the property and the remedy
     */
    Parts parts(String fallbackInstance) throws IOException {
        String name = required("relay.name", "a name that all instances of this relay share");
        String instance = text("relay.instance").orElse(fallbackInstance);
        RelaySettings standard = RelaySettings.standard(name, instance);
        RelaySettings relay = new RelaySettings(
                name,
                instance,
                limits(standard),
                pacing(standard),
                retry(standard),
                millis("giveup.millis", standard.giveUpAfter()));
        Database database = new Database(
                required("database.url", "the JDBC URL, jdbc:postgresql://host:port/database"),
                required("database.user", "the database user"),
                secret("database.password"),
                text("schema.shards").map(value -> (int) number("schema.shards", value)));
        KafkaSettings kafka = new KafkaSettings(
                name,
                kafkaProperties(),
                (int) number("record.bytes", KafkaSettings.RECORD_BYTES_MAX),
                text("deadletter.topic"));
        LeaseSettings leases = new LeaseSettings(
                required("coordination.connect", "the ensemble, host:port,..."),
                name,
                instance,
                millis("coordination.sessionMillis", Duration.ofSeconds(4)),
                credentials());
        Optional<PurgeSettings> purge = purge(PurgeSettings.standard());
        refuseUnknown();
        return new Parts(relay, database, kafka, leases, purge);
    }

    private Optional<PurgeSettings> purge(PurgeSettings standard) {
        PurgeSettings asked = new PurgeSettings(
                days("purge.replayWindowDays", standard.replayWindow()),
                isSet("purge.trustReplayWindow"),
                days("purge.inboxDays", standard.inbox()),
                days("purge.requestDays", standard.requests()),
                Duration.ofSeconds(number("purge.everySeconds", standard.every().toSeconds())),
                (int) number("purge.batchRows", standard.batchRows()),
                (int) number("purge.batches", standard.batchesMax()));
        return switch (text("purge").orElse("on")) {
            case "on" -> Optional.of(asked);
            case "off" -> Optional.empty();
            default -> throw new IllegalArgumentException("purge is neither on nor off");
        };
    }

    private boolean isSet(String name) {
        return switch (text(name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + " is neither true nor false");
        };
    }

    private Duration days(String name, Duration standard) {
        return Duration.ofDays(number(name, standard.toDays()));
    }

    private BatchLimits limits(RelaySettings standard) {
        return new BatchLimits(
                (int) number("batch.records", standard.limits().records()),
                number("batch.bytes", standard.limits().bytes()));
    }

    private PollPacing pacing(RelaySettings standard) {
        Duration busy = millis("poll.millis", standard.pacing().busy());
        Duration idle = millis("poll.idleMillis", standard.pacing().idle());
        return new PollPacing(busy, idle.compareTo(busy) < 0 ? busy : idle);
    }

    private RetryPolicy retry(RelaySettings standard) {
        return new RetryPolicy(
                millis("retry.firstMillis", standard.retry().first()),
                millis("retry.longestMillis", standard.retry().longest()),
                (int) number("retry.attempts", standard.retry().attempts()),
                text("retry.exhausted")
                        .map(RelayProperties::exhausted)
                        .orElse(standard.retry().exhausted()));
    }

    private static Exhausted exhausted(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "stop-key" -> Exhausted.STOP_KEY;
            case "dead-letter" -> Exhausted.DEAD_LETTER;
            default ->
                throw new IllegalArgumentException("retry.exhausted is \"" + value + "\"; use stop-key or dead-letter");
        };
    }

    private Map<String, String> kafkaProperties() {
        Map<String, String> kafka = new TreeMap<>();
        given.forEach((name, value) -> {
            if (name.startsWith(KAFKA)) {
                known.add(name);
                kafka.put(name.substring(KAFKA.length()), value);
            }
        });
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new IllegalArgumentException("kafka.bootstrap.servers is missing: the brokers, host:port,...");
        }
        return kafka;
    }

    private Optional<LeaseSettings.Credentials> credentials() throws IOException {
        String secret = secret("coordination.credentials");
        return secret.isEmpty() ? Optional.empty() : Optional.of(new LeaseSettings.Credentials(secret));
    }

    /** A secret given in place, or better in a file of its own: {@code <name>File}. */
    private String secret(String name) throws IOException {
        Optional<String> inPlace = text(name);
        Optional<String> file = text(name + "File");
        if (inPlace.isPresent() || file.isEmpty()) {
            return inPlace.orElse("");
        }
        try {
            return Files.readString(Path.of(file.get())).strip();
        } catch (IOException e) {
            throw new IOException(name + "File names " + file.get() + ", which cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<String> text(String name) {
        known.add(name);
        return Optional.ofNullable(given.get(name)).filter(value -> !value.isEmpty());
    }

    private String required(String name, String what) {
        return text(name).orElseThrow(() -> new IllegalArgumentException(name + " is missing: " + what));
    }

    private long number(String name, long standard) {
        return text(name).map(value -> number(name, value)).orElse(standard);
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is \"" + value + "\", which is not a whole number", e);
        }
    }

    private Duration millis(String name, Duration standard) {
        return Duration.ofMillis(number(name, standard.toMillis()));
    }

    private void refuseUnknown() {
        List<String> unknown = new ArrayList<>(given.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown properties " + unknown + "; known are " + known + " and " + KAFKA + "* for kafka-clients");
        }
    }
}
