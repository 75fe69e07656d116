package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.Shop;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.store.StoreConfig;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.testing.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A transaction that turns out to have one branch costs what its database costs. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class OneBranchTest {
    private static final int TRANSACTIONS = 20;

    private final PostgresServer server;

    @TempDir
    Path directory;

    OneBranchTest(PostgresServer server) {
        this.server = server;
    }

    @Test
    void it_asks_the_store_nothing_from_its_begin_to_its_end() throws Exception {
        Database orders = server.newDatabase().withAccounts();
        try (ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(directory);
                TcpProxy way = new TcpProxy(port(ensemble.connect()));
                Assent assent = Assent.over(EmbeddedTransactionService.start(config("127.0.0.1:" + way.port())))) {
            DataSource pool = assent.pool("orders", orders.xa());
            transact(assent, pool); // the first one waits until the name of its database is verified

            way.freeze();
            for (int i = 0; i < TRANSACTIONS; i++) {
                transact(assent, pool);
            }
            assertThat(orders.balance(1)).isEqualTo(100 + 1 + TRANSACTIONS);
            assertThat(server.preparedTransactions()).isEmpty();
            way.thaw();
        }
    }

    /** With a session that nobody doubts before the last of them, on a slow machine either. */
    private static TxConfig config(String store) {
        return TxConfig.of(store).withStore(StoreConfig.of(store).withSessionTimeout(Duration.ofSeconds(40)));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static void transact(Assent assent, DataSource pool) throws Exception {
        assent.transactions().begin();
        Shop.add(pool, 1);
        assent.transactions().commit();
    }
}
