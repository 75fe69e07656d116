package dev.assent.rm.bench;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.time.Clock;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.XADataSource;

/** Ours, embedded: the decision is replicated by the ensemble, or a row in the first database. */
final class OnAssent implements Contender {
    private final EmbeddedTransactionService service;
    private final AssentTransactions transactions;
    private final Pools pools;

    OnAssent(String ensemble, Map<String, ? extends XADataSource> databases, boolean decidesInDatabases, int threads)
            throws SQLException {
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble));
        transactions =
                new AssentTransactions(service, Clock.SYSTEM, AssentTransactions.DEFAULT_TIMEOUT, decidesInDatabases);
        pools = new Pools(transactions, databases, threads);
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        transactions.begin();
        for (PinnedBranch branch : branches) {
            pools.work(branch.database(), id);
        }
        transactions.commit();
    }

    @Override
    public void close() {
        service.close();
    }
}
