package dev.assent.rm.bench;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import jakarta.transaction.Transaction;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;

/** Ours, embedded: the decision is replicated by the ensemble, or a row in the first database. */
final class OnAssent implements Contender {
    private final EmbeddedTransactionService service;
    private final AssentTransactions transactions;

    OnAssent(String ensemble, Map<String, ? extends XADataSource> databases, boolean decidesInDatabases) {
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble));
        transactions = new AssentTransactions(
                service, Clock.systemUTC(), AssentTransactions.DEFAULT_TIMEOUT, decidesInDatabases);
        databases.forEach(transactions::registerRecovery);
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        transactions.begin();
        Transaction current = Objects.requireNonNull(transactions.getTransaction());
        for (PinnedBranch branch : branches) {
            XAResource resource = transactions.resource(branch.database(), branch.resource(), branch.connection());
            if (!current.enlistResource(resource)) {
                throw new IllegalStateException("not enlisted: " + branch.database());
            }
            branch.work(id);
        }
        transactions.commit();
    }

    @Override
    public void close() {
        service.close();
    }
}
