package dev.assent.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.consumer.ConsumedEvent;
import dev.assent.outbox.consumer.ConsumerLoop;
import dev.assent.outbox.consumer.ConsumerSettings;
import dev.assent.outbox.consumer.Effect;
import dev.assent.outbox.inbox.Inbox;
import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.ChildJvm;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Relays in JVMs of their own, on our own znode store, are killed with SIGKILL, or paused beyond their session and
 * resumed, while writers write.
 * Expected of each: every committed message has its effect exactly once, and those of a key in the order of commits.
 */
@ExtendWith(Parts.class)
final class RelayKillIT {
    private static final int ROUNDS = 3;
    private static final int KEYS = 12;
    private static final int HEAP_MEGABYTES = 128;
    /** Writers do not run further ahead of the effects than this. */
    private static final int AHEAD_MAX = 200;

    private static final long AHEAD_WAIT_NANOS = 2_000_000;
    private static final long SEED = 20_260_501L;

    private final RelayRig rig;
    private final String connect;
    private final Inbox inbox = new Inbox("effects");
    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger effects = new AtomicInteger();

    @TempDir
    Path directory;

    RelayKillIT(Postgres postgres, Broker broker, Parts.Assent ensemble) throws Exception {
        rig = new RelayRig(postgres, broker, ensemble.connect());
        connect = ensemble.connect();
    }

    @BeforeEach
    void tables() throws Exception {
        Ddl.INBOX.install(rig.database.dataSource());
        rig.database.execute(
                "INSERT INTO assent_inbox VALUES ('effects', '/test', 'long ago', now() - interval '31 days')");
        rig.database.execute("CREATE TABLE sent (key text, n int)");
        rig.database.execute("CREATE TABLE effect (at bigserial, key text, n int)");
    }

    @AfterEach
    void close() throws Exception {
        writing.set(false);
        rig.close();
    }

    private ChildJvm start(String instance) throws Exception {
        Path properties = directory.resolve(instance + ".properties");
        Files.writeString(
                properties,
                String.join(
                        "\n",
                        "relay.name=" + rig.name,
                        "relay.instance=" + instance,
                        "database.url=" + rig.database.url(rig.database.port()),
                        "database.user=postgres",
                        "kafka.bootstrap.servers=" + rig.broker.bootstrapServers(),
                        "coordination.connect=" + connect,
                        "batch.records=20"));
        return ChildJvm.start(
                Main.class, HEAP_MEGABYTES, directory.resolve(instance + ".log"), List.of(properties.toString()));
    }

    private static boolean serves(ChildJvm relay) throws Exception {
        return relay.output().contains(" serves: ");
    }

    private ConsumerLoop consume() {
        ConsumerLoop loop = new ConsumerLoop(
                ConsumerSettings.of(rig.broker.bootstrapServers(), "effects-" + rig.name, rig.topic), this::apply);
        loop.start();
        return loop;
    }

    private Effect.Handling apply(ConsumedEvent event) throws Exception {
        boolean first = rig.database.commit(connection -> {
            boolean unseen = inbox.firstSight(connection, event.source(), event.id());
            if (unseen) {
                try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO effect (key, n) VALUES (?, ?)")) {
                    insert.setString(1, event.key());
                    insert.setInt(2, Integer.parseInt(event.body().toUtf8()));
                    insert.executeUpdate();
                }
            }
            return unseen;
        });
        effects.addAndGet(first ? 1 : 0);
        return Effect.Handling.DONE;
    }

    /** Writes one numbered message a transaction; the number of a key is its count of committed messages. */
    private void write(int writer) {
        Random random = new Random(SEED + writer);
        while (writing.get()) {
            if (committed.get() - effects.get() > AHEAD_MAX) {
                LockSupport.parkNanos(AHEAD_WAIT_NANOS);
                continue;
            }
            // Each writer has its own keys, so that it knows the next number of each.
            String key = "key-" + writer + "-" + random.nextInt(KEYS / 2);
            try {
                rig.database.<Long>commit(connection -> {
                    int number = next(connection.prepareStatement("SELECT count(*) FROM sent WHERE key = ?"), key);
                    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO sent VALUES (?, ?)")) {
                        insert.setString(1, key);
                        insert.setInt(2, number);
                        insert.executeUpdate();
                    }
                    return rig.outbox().append(connection, rig.message(key, Integer.toString(number)));
                });
                committed.incrementAndGet();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static int next(PreparedStatement count, String key) throws Exception {
        try (count) {
            count.setString(1, key);
            var rows = count.executeQuery();
            rows.next();
            return rows.getInt(1);
        }
    }

    private void everythingHasItsEffectOnceInOrder() throws Exception {
        Await.until(
                "all have their effects",
                Duration.ofMinutes(3),
                () -> rig.waiting() == 0 && rig.database.number("SELECT count(*) FROM effect") >= committed.get());
        Await.until(
                "a relay has purged the inbox, unasked",
                () -> rig.database.number("SELECT count(*) FROM assent_inbox WHERE id = 'long ago'") == 0);
        assertThat(rig.database.number("SELECT count(*) FROM sent")).isEqualTo(committed.get());
        assertThat(rig.database.number("SELECT count(*) FROM (SELECT key, n FROM sent EXCEPT ALL"
                        + " SELECT key, n FROM effect) lost"))
                .isZero();
        assertThat(rig.database.number("SELECT count(*) FROM (SELECT key, n FROM effect EXCEPT ALL"
                        + " SELECT key, n FROM sent) invented"))
                .isZero();
        assertThat(rig.database.number("SELECT count(*) FROM (SELECT n, lag(n) OVER (PARTITION BY key ORDER BY at)"
                        + " AS before FROM effect) pairs WHERE n <= before"))
                .isZero();
    }

    @Test
    void killed_at_any_moment_it_loses_repeats_and_inverts_nothing() throws Exception {
        Random random = new Random(SEED);
        try (ConsumerLoop loop = consume();
                ChildJvm standby = start("standby")) {
            CompletableFuture<Void> first = CompletableFuture.runAsync(() -> write(1));
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> write(2));
            for (int round = 0; round < ROUNDS; round++) {
                try (ChildJvm victim = start("victim-" + round)) {
                    Await.until("the victim serves", Duration.ofMinutes(2), () -> serves(victim));
                    Await.until("the victim works", () -> victim.output().contains("is served"));
                    int target = committed.get() + 20 + random.nextInt(80);
                    Await.until("some more is written", () -> committed.get() >= target);
                    victim.kill();
                }
            }
            writing.set(false);
            CompletableFuture.allOf(first, second).join();

            everythingHasItsEffectOnceInOrder();
            assertThat(loop.status().deadLetters()).isZero();
            assertThat(standby.terminate()).isZero();
        }
    }

    @Test
    void paused_beyond_its_session_and_resumed_it_finds_itself_replaced() throws Exception {
        try (ConsumerLoop loop = consume();
                ChildJvm zombie = start("zombie")) {
            Await.until("the zombie serves", Duration.ofMinutes(2), () -> serves(zombie));
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(1));
            Await.until("something is relayed", () -> loop.status().handled() > 50);

            zombie.freeze();
            try (ChildJvm heir = start("heir")) {
                Await.until("the heir serves all", Duration.ofMinutes(2), () -> served(heir) >= RelayRig.SHARDS);
                zombie.thaw();
                int target = committed.get() + 100;
                Await.until("some more is written", () -> committed.get() >= target);
                Await.until("the zombie has its share again", Duration.ofMinutes(2), () -> served(zombie) > 4);
                writing.set(false);
                writer.join();

                everythingHasItsEffectOnceInOrder();
                assertThat(zombie.output())
                        .containsAnyOf("is lost", "another owner has claimed it", "ProducerFenced", "ProducerEpoch");
            }
        }
    }

    private static long served(ChildJvm relay) throws Exception {
        return relay.output()
                .lines()
                .filter(line -> line.contains(" is served"))
                .count();
    }
}
