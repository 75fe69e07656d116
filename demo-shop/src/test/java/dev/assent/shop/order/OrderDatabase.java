package dev.assent.shop.order;

import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.shop.service.ShopEvents;
import dev.assent.shop.service.ShopProperties;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;

/** The order service's database, as its start leaves it, and what comes and goes in it. */
final class OrderDatabase {
    private OrderDatabase() {}

    static Database in(PostgresServer server) throws SQLException {
        Database database = server.newDatabase();
        Flyway.configure()
                .dataSource(database.url(), null, null)
                .locations("classpath:dev/assent/shop/order/migrations")
                .load()
                .migrate();
        new ShopEvents(properties(database, "", Map.of())).install(database.plain(), 1);
        return database;
    }

    /** {@code store}: where it listens; {@code others}: the databases of inventory and payment. */
    static ShopProperties properties(Database database, String store, Map<String, String> others) {
        return new ShopProperties(
                "order",
                "1",
                database.url(),
                "",
                "",
                new ShopProperties.KafkaFiles("", ""),
                "",
                new ShopProperties.Store(store, "", "", ""),
                others,
                Duration.ofMinutes(1),
                Duration.ofHours(1));
    }

    static CheckoutRequest request(Flow flow) {
        return new CheckoutRequest(UUID.randomUUID(), "customer-1", "item-1", 2, flow, Optional.empty());
    }
}
