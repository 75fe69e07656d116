package dev.assent.shop.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.shop.service.EventPart;
import dev.assent.shop.service.ShopProperties;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.testing.Eventually;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an order service that was killed left prepared in payment's database, though its own database had decided. */
@ExtendWith(PostgresExtension.class)
@Timeout(120)
final class OwnTransactionsTest {
    private static final long LONG_AGO = 1_000_000;

    private final Database orders;
    private final Database payment;

    OwnTransactionsTest(PostgresServer server) throws SQLException {
        orders = OrderDatabase.in(server);
        payment = server.newDatabase().withAccounts();
    }

    @Test
    void the_next_one_commits_it_without_being_asked_for_a_checkout(@TempDir Path directory) throws Exception {
        try (ZooKeeperEnsemble store = new ZooKeeperEnsemble(directory)) {
            ShopProperties shop = OrderDatabase.properties(orders, store.connect(), Map.of("payment", payment.url()));
            leave(decided(shop));
            assertThat(prepared()).hasSize(1);
            OwnCoordinator next = new OwnCoordinator(shop);
            EventPart part = new OrderConfiguration().ownTransactions(next);

            part.start();

            Eventually.soon("the branch has ended", () -> prepared().isEmpty());
            part.stop();
            next.close();
        }
        assertThat(payment.balance(1)).isEqualTo(7);
    }

    /** A transaction of a coordinator that is gone. */
    private static GlobalTxId decided(ShopProperties shop) throws Exception {
        OwnCoordinator earlier = new OwnCoordinator(shop);
        AssentTransactions transactions = earlier.transactions();
        transactions.begin();
        transactions.decideIn("order");
        GlobalTxId id = TransactionToken.parse(transactions.token().orElseThrow());
        transactions.rollback();
        earlier.close();
        return new GlobalTxId(id.cluster(), id.key(), id.epoch(), LONG_AGO, id.unique(), id.commitPoint());
    }

    private void leave(GlobalTxId id) throws SQLException {
        BranchName name = new BranchName(new ResourceName("payment").hash(), 2, 1);
        BranchId xid = name.in(id);
        Base64.Encoder base64 = Base64.getEncoder();
        payment.execute("BEGIN; UPDATE account SET balance = 7 WHERE id = 1; PREPARE TRANSACTION '"
                + BranchId.FORMAT_ID + "_" + base64.encodeToString(xid.gtrid()) + "_"
                + base64.encodeToString(xid.bqual()) + "'");
        orders.execute(
                "INSERT INTO assent_decision (gtrid, decision, cluster, incarnation, deadline, others) VALUES ('\\x"
                        + id.toHex() + "', 'C', " + id.cluster().value() + ", "
                        + id.key().incarnation() + ", " + LONG_AGO
                        + ", '\\x" + HexFormat.of().formatHex(name.toBytes()) + "')");
    }

    private List<String> prepared() {
        try {
            return payment.strings("select gid from pg_prepared_xacts where database = current_database()");
        } catch (SQLException away) {
            throw new IllegalStateException(away);
        }
    }
}
