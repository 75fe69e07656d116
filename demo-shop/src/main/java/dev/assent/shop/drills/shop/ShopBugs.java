package dev.assent.shop.drills.shop;

import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.gray.Signals;
import dev.assent.shop.platform.Pauses;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Switches protections off: does to the store, the databases and the nodes what would come of it without them. */
final class ShopBugs {
    private static final String DECISIONS = "/assent/tx";
    private static final long AGAIN_MILLIS = 50;

    private final Shop shop;
    private final Consumer<String> say;
    private final List<String> frozen = new ArrayList<>();

    ShopBugs(Shop shop, Consumer<String> say) {
        this.shop = shop;
        this.say = say;
    }

    /** Before anybody is struck. */
    void before(PlantedBug bug) throws IOException, SQLException {
        switch (bug) {
            case DECISION_NOT_KEPT -> say.accept("planted bug: " + deleteDecisions() + " decision records are gone");
            case ENDED_BY_GUESS -> say.accept("planted bug: rolled back by hand: " + rollBackPrepared());
            case INBOX_NOT_KEPT ->
                say.accept(
                        "planted bug: " + change("order", "delete from assent_inbox") + " rows of the inbox are gone");
            case NO_TAKEOVER, OUTBOX_NOT_KEPT, RENEWAL_NOT_SEEN -> {
                // These need somebody to be away, or somebody who heals.
            }
        }
    }

    /** While somebody is away, for so long; {@code survivors} are the other nodes. */
    void during(PlantedBug bug, List<String> survivors, long lastsMillis)
            throws IOException, InterruptedException, SQLException {
        switch (bug) {
            case NO_TAKEOVER -> {
                for (String survivor : survivors) {
                    Signals.freeze(shop.process(survivor));
                    frozen.add(survivor);
                }
                say.accept("planted bug: frozen as well: " + survivors);
            }
            case OUTBOX_NOT_KEPT -> {
                long untilNanos = System.nanoTime() + lastsMillis * 1_000_000;
                long gone = 0;
                while (System.nanoTime() - untilNanos < 0) {
                    gone += change("order", "delete from assent_outbox");
                    Pauses.pause(AGAIN_MILLIS);
                }
                say.accept("planted bug: " + gone + " rows of the outbox are gone");
            }
            case DECISION_NOT_KEPT, ENDED_BY_GUESS, INBOX_NOT_KEPT, RENEWAL_NOT_SEEN -> {
                // These have done it before, or do it later.
            }
        }
    }

    /** What was frozen goes on. */
    void end() throws IOException, InterruptedException {
        for (String name : frozen) {
            Signals.thaw(shop.process(name));
        }
        frozen.clear();
    }

    private int deleteDecisions() throws IOException {
        int deleted = 0;
        try (StoreSession store = StoreSession.open(shop.layout().store())) {
            for (String epoch : children(store, DECISIONS)) {
                for (String bucket : children(store, epoch)) {
                    for (String record : children(store, bucket)) {
                        deleted += delete(store, record);
                    }
                }
            }
        }
        return deleted;
    }

    private static List<String> children(StoreSession store, String path) throws IOException {
        try {
            return store.await(store.children(path), "listing " + path).stream()
                    .map(name -> path + "/" + name)
                    .toList();
        } catch (StoreException failed) {
            return noneIfGone(failed);
        }
    }

    /** Whoever it belongs to may delete it first. */
    private static int delete(StoreSession store, String path) throws IOException {
        try {
            store.await(store.delete(path, -1), "deleting " + path);
            return 1;
        } catch (StoreException failed) {
            return noneIfGone(failed).size();
        }
    }

    private static List<String> noneIfGone(StoreException failed) throws StoreException {
        if (failed.is(StoreCode.NONODE)) {
            return List.of();
        }
        throw failed;
    }

    /** What is prepared in the payment service's database, whatever was decided of it. */
    private List<String> rollBackPrepared() throws SQLException {
        List<String> ended = new ArrayList<>();
        String url = shop.layout().databaseUrl("payment");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            List<String> gids = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("select gid from pg_prepared_xacts where database = current_database()")) {
                while (rows.next()) {
                    gids.add(rows.getString(1));
                }
            }
            for (String gid : gids) {
                statement.execute("rollback prepared " + statement.enquoteLiteral(gid));
                ended.add(gid);
            }
        }
        return ended;
    }

    private int change(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(shop.layout().databaseUrl(database));
                PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate();
        }
    }
}
