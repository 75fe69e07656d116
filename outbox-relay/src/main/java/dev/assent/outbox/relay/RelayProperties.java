package dev.assent.outbox.relay;

import dev.assent.admin.AdminConfig;
import dev.assent.outbox.kafka.KafkaSettings;
import dev.assent.outbox.lease.LeaseSettings;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Exhausted;
import dev.assent.outbox.policy.PollPacing;
import dev.assent.outbox.policy.RetryPolicy;
import dev.assent.outbox.purge.PurgeSettings;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import dev.assent.store.StoreTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code relay.properties}. */
final class RelayProperties {
    private static final String KAFKA = "kafka.";
    private static final String BROKERS = KAFKA + "bootstrap.servers";
    private static final Duration QUICKEST = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONGEST_MEMORY = Duration.ofDays(3_650);

    private final Settings settings;

    private RelayProperties(Settings settings) {
        this.settings = settings;
    }

    /** Where the outbox is; {@code shardsToInstall} if its schema is to be installed. */
    record Database(String url, String user, String password, Optional<Integer> shardsToInstall) {
        /** Its URL without the driver's settings, which may hold a password. */
        String server() {
            int settings = url.indexOf('?');
            return settings < 0 ? url : url.substring(0, settings);
        }

        @Override
        public String toString() {
            return server() + " as " + user;
        }
    }

    /** Everything a relay is built from. */
    record Parts(
            RelaySettings relay,
            Database database,
            KafkaSettings kafka,
            LeaseSettings leases,
            Optional<PurgeSettings> purge,
            Optional<AdminConfig> admin) {}

    /**
     * Reads {@code file}; paths in it are relative to its directory.
     *
     * @param fallbackInstance the instance's name if none is given
     * @throws SettingsException the file cannot be read or says something wrong
     */
    static Parts read(Path file, String fallbackInstance) throws SettingsException {
        Settings settings = Settings.read(file, "see 'assent relay --help' for what stands in it");
        try {
            return new RelayProperties(settings).parts(fallbackInstance);
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    private Parts parts(String fallbackInstance) throws SettingsException {
        settings.refuseRepeated(key -> true);
        String name = settings.required("relay.name", "a name that all instances of this relay share");
        String instance = settings.text("relay.instance").orElse(fallbackInstance);
        RelaySettings standard = RelaySettings.standard(name, instance);
        RelaySettings relay = new RelaySettings(
                name,
                instance,
                limits(standard),
                pacing(standard),
                retry(standard),
                settings.duration("giveup.after", standard.giveUpAfter(), QUICKEST, HOUR));
        Database database = database();
        KafkaSettings kafka = new KafkaSettings(
                name,
                kafkaProperties(),
                Math.toIntExact(settings.size("record.size", KafkaSettings.RECORD_BYTES_MAX, 1, Integer.MAX_VALUE)),
                settings.text("deadletter.topic"));
        LeaseSettings leases = new LeaseSettings(
                settings.required("coordination.connect", "the ensemble, host:port,..."),
                name,
                instance,
                settings.duration(
                        "coordination.sessionTimeout", Duration.ofSeconds(4), QUICKEST, Duration.ofMinutes(10)),
                settings.secret("coordination.credentials").map(LeaseSettings.Credentials::new),
                StoreTls.read(settings, "coordination.tls."));
        Optional<PurgeSettings> purge = purge(PurgeSettings.standard());
        Optional<AdminConfig> admin = AdminConfig.read(settings, settings.flag("insecure", false), Optional.empty());
        settings.refuseOthers();
        return new Parts(relay, database, kafka, leases, purge, admin);
    }

    private Database database() throws SettingsException {
        int none = 0;
        int shards = settings.number("schema.shards", none, 1, ShardId.SHARDS_MAX);
        return new Database(
                settings.required("database.url", "the JDBC URL, jdbc:postgresql://host:port/database"),
                settings.required("database.user", "the database user"),
                settings.secret("database.password").orElse(""),
                shards == none ? Optional.empty() : Optional.of(shards));
    }

    private Optional<PurgeSettings> purge(PurgeSettings standard) throws SettingsException {
        PurgeSettings asked = new PurgeSettings(
                memory("purge.replayWindow", standard.replayWindow()),
                settings.flag("purge.trustReplayWindow", false),
                memory("purge.inbox", standard.inbox()),
                memory("purge.requests", standard.requests()),
                memory("purge.every", standard.every()),
                settings.number("purge.batchRows", standard.batchRows(), 1, Integer.MAX_VALUE),
                settings.number("purge.batches", standard.batchesMax(), 1, Integer.MAX_VALUE));
        String purge = settings.word("purge", List.of("on", "off")).orElse("on");
        return purge.equals("on") ? Optional.of(asked) : Optional.empty();
    }

    private Duration memory(String key, Duration standard) throws SettingsException {
        return settings.duration(key, standard, QUICKEST, LONGEST_MEMORY);
    }

    private BatchLimits limits(RelaySettings standard) throws SettingsException {
        return new BatchLimits(
                settings.number("batch.records", standard.limits().records(), 1, Integer.MAX_VALUE),
                settings.size("batch.size", standard.limits().bytes(), 1, Long.MAX_VALUE));
    }

    private PollPacing pacing(RelaySettings standard) throws SettingsException {
        Duration busy = settings.duration("poll.busy", standard.pacing().busy(), QUICKEST, HOUR);
        Duration idle = settings.duration("poll.idle", standard.pacing().idle(), QUICKEST, HOUR);
        return new PollPacing(busy, idle.compareTo(busy) < 0 ? busy : idle);
    }

    private RetryPolicy retry(RelaySettings standard) throws SettingsException {
        RetryPolicy retry = standard.retry();
        Optional<String> exhausted = settings.word("retry.exhausted", List.of("stop-key", "dead-letter"));
        return new RetryPolicy(
                settings.duration("retry.first", retry.first(), QUICKEST, HOUR),
                settings.duration("retry.longest", retry.longest(), QUICKEST, Duration.ofDays(1)),
                settings.number("retry.attempts", retry.attempts(), 1, Integer.MAX_VALUE),
                exhausted
                        .map(word -> word.equals("stop-key") ? Exhausted.STOP_KEY : Exhausted.DEAD_LETTER)
                        .orElse(retry.exhausted()));
    }

    /** What is kafka-clients' own to know is handed on as it is. */
    private Map<String, String> kafkaProperties() throws SettingsException {
        String brokers = settings.required(BROKERS, "the brokers, host:port,...");
        Map<String, String> kafka = new TreeMap<>();
        kafka.put(BROKERS.substring(KAFKA.length()), brokers);
        settings.takeAll(key -> key.startsWith(KAFKA))
                .forEach(line -> kafka.put(line.key().substring(KAFKA.length()), line.value()));
        return kafka;
    }
}
