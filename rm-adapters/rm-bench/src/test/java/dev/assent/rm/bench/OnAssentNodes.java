package dev.assent.rm.bench;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import jakarta.transaction.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;

/**
 * Ours, coordinated by nodes in other processes. With two services each has an agent of its own and one of the
 * databases; the first begins, hands the token over and commits. Both live in this process, and the token is handed
 * over by a method call: what is measured is the coordination, not an HTTP server.
 */
final class OnAssentNodes implements Contender {
    private final List<RemoteTransactionService> services = new ArrayList<>();
    private final List<AssentTransactions> transactions = new ArrayList<>();

    OnAssentNodes(String nodes, Map<String, ? extends XADataSource> databases, int serviceCount) {
        for (int i = 1; i <= serviceCount; i++) {
            RemoteTransactionService service = RemoteTransactionService.connect(RemoteConfig.of(nodes, "bench-" + i));
            services.add(service);
            AssentTransactions managed = new AssentTransactions(service);
            transactions.add(managed);
            databases.forEach(managed::registerRecovery);
        }
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        AssentTransactions first = transactions.get(0);
        first.begin();
        for (int i = 0; i < branches.size(); i++) {
            AssentTransactions worker = transactions.get(i % transactions.size());
            if (worker == first) {
                work(worker, branches.get(i), id);
            } else {
                try (Participation participation = worker.join(first.token().orElseThrow())) {
                    work(worker, branches.get(i), id);
                    participation.leave();
                }
            }
        }
        first.commit();
    }

    private static void work(AssentTransactions worker, PinnedBranch branch, long id) throws Exception {
        Transaction current = Objects.requireNonNull(worker.getTransaction());
        XAResource resource = worker.resource(branch.database(), branch.resource(), branch.connection());
        if (!current.enlistResource(resource)) {
            throw new IllegalStateException("not enlisted: " + branch.database());
        }
        branch.work(id);
    }

    @Override
    public void close() {
        services.forEach(RemoteTransactionService::close);
    }
}
