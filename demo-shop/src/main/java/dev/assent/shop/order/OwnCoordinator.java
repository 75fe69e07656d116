package dev.assent.shop.order;

import dev.assent.rm.Assent;
import dev.assent.rm.AssentSettings;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.shop.service.ShopProperties;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.xa.PGXADataSource;
import org.springframework.stereotype.Component;

/**
 * A coordinator in this process, over the databases of all three services, with decisions in the first database that a
 * transaction works in. Opened when the first checkout asks for it.
 */
@Component
class OwnCoordinator {
    private static final String ORDER = "order";

    /** What a token to ask with begins with. */
    private static final String TOKEN = "point:";

    private final ShopProperties shop;
    private @Nullable Open open;

    private record Open(Assent assent, Map<String, DataSource> pools) {}

    OwnCoordinator(ShopProperties shop) {
        this.shop = shop;
    }

    AssentTransactions transactions() throws SQLException {
        return opened().assent().transactions();
    }

    /** A connection that takes part in the transaction of this thread. */
    Connection connection(String database) throws SQLException {
        return Optional.ofNullable(opened().pools().get(database)).orElseThrow().getConnection();
    }

    private synchronized Open opened() throws SQLException {
        Open known = open;
        if (known == null) {
            known = open();
            open = known;
        }
        return known;
    }

    private Open open() throws SQLException {
        Assent assent = Assent.over(
                EmbeddedTransactionService.start(TxConfig.of(shop.store().connect())
                        .withStore(shop.store().config())),
                AssentSettings.DEFAULT.withDecisions(AssentSettings.Decisions.DATABASE));
        Map<String, String> urls = new TreeMap<>(shop.databases());
        urls.put(ORDER, shop.databaseUrl());
        Map<String, DataSource> pools = new TreeMap<>();
        try {
            for (Map.Entry<String, String> database : urls.entrySet()) {
                PGXADataSource postgres = new PGXADataSource();
                postgres.setUrl(database.getValue());
                pools.put(database.getKey(), assent.pool(database.getKey(), postgres));
            }
        } catch (SQLException | RuntimeException failed) {
            assent.close();
            throw failed;
        }
        return new Open(assent, pools);
    }

    /** To ask with, for a caller. */
    static String token(String own) {
        return TOKEN + own;
    }

    static boolean isToken(String token) {
        return token.startsWith(TOKEN);
    }

    Outcome outcome(String token) throws SQLException {
        return transactions().outcome(token.substring(TOKEN.length()));
    }

    @PreDestroy
    synchronized void close() {
        if (open != null) {
            open.assent().close();
        }
    }
}
