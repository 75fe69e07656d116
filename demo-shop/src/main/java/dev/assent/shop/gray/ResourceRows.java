package dev.assent.shop.gray;

import dev.assent.outbox.jdbc.Outbox;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.rm.Assent;
import dev.assent.shop.gray.Transfers.Place;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.Pauses;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What is done to databases, services and the broker. */
final class ResourceRows {
    private static final int MANY = 48;
    private static final int SOME = 24;
    private static final Duration DRAINED_MAX = Duration.ofSeconds(60);
    private static final String QUEUED = "select count(*) from assent_outbox";

    private ResourceRows() {}

    static List<Row> all() {
        return List.of(
                new Row("database-hangs", "a database is frozen; 48 callers work in it", false, stage -> {
                    ChildProcess sick =
                            stage.databases().server(Databases.Name.SICK).process();
                    return sickDatabase(stage)
                            .inflict(() -> Signals.freeze(sick))
                            .heal(() -> Signals.thaw(sick));
                }),
                new Row("database-refuses", "a database is gone; 48 callers work in it", false, stage -> {
                    ChildProcess sick =
                            stage.databases().server(Databases.Name.SICK).process();
                    return sickDatabase(stage).inflict(sick::kill).heal(() -> stage.databases()
                            .mend());
                }),
                new Row("agent-frozen", "a service is frozen in the middle of others' transactions", false, stage -> {
                    ChildProcess agent = stage.agent();
                    return withAgent(stage).inflict(() -> Signals.freeze(agent)).heal(() -> Signals.thaw(agent));
                }),
                new Row("broker-hangs", "the broker is frozen; the outbox fills", false, ResourceRows::broker));
    }

    private static Scene sickDatabase(Stage stage) throws Exception {
        Scene scene = new Scene().lasts(Duration.ofSeconds(14));
        Workload crowd = new Workload(stage, scene);
        Assent assent = crowd.embedded();
        Place left = crowd.place(assent, Databases.Name.LEFT);
        crowd.transfer("transactions beside it", assent, left, crowd.place(assent, Databases.Name.RIGHT));
        crowd.transferInVain("transactions in it", MANY, assent, left, crowd.place(assent, Databases.Name.SICK));
        return scene;
    }

    private static Scene withAgent(Stage stage) throws Exception {
        Scene scene = new Scene().lasts(Duration.ofSeconds(10));
        Workload crowd = new Workload(stage, scene);
        Assent assent = crowd.remote();
        Place left = crowd.place(assent, Databases.Name.LEFT);
        crowd.transfer("transactions without it", assent, left, crowd.place(assent, Databases.Name.SICK));
        crowd.transferInVain("transactions with it", SOME, assent, left, crowd.throughAgent(assent));
        return scene;
    }

    private static Scene broker(Stage stage) throws Exception {
        ChildProcess broker = stage.broker().process();
        String url = stage.databases().url(Databases.Name.LEFT);
        Outbox outbox = new Outbox();
        Scene scene = new Scene().lasts(Duration.ofSeconds(10));
        scene.bystander(Callers.start("writers of the outbox", 2, Duration.ofMillis(50), () -> append(outbox, url)));
        return scene.inflict(() -> Signals.freeze(broker))
                .heal(() -> Signals.thaw(broker))
                .look(() -> drained(stage));
    }

    private static boolean append(Outbox outbox, String url) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            long unused = outbox.append(
                    connection,
                    OutboxMessage.of(
                            "gray",
                            "key-" + Math.floorMod(id.hashCode(), SOME),
                            EventAttributes.json(id, "/gray", "dev.assent.gray.Happened"),
                            Body.utf8("{}")));
            connection.commit();
            return true;
        }
    }

    private static Optional<String> drained(Stage stage) throws SQLException, InterruptedException {
        long giveUpNanos = System.nanoTime() + DRAINED_MAX.toNanos();
        long left = stage.databases().number(Databases.Name.LEFT, QUEUED);
        while (left > 0 && System.nanoTime() < giveUpNanos) {
            Pauses.pause(200);
            left = stage.databases().number(Databases.Name.LEFT, QUEUED);
        }
        return left == 0
                ? Optional.empty()
                : Optional.of(left + " messages were not published " + DRAINED_MAX.toSeconds() + " s after the broker"
                        + " was back");
    }
}
