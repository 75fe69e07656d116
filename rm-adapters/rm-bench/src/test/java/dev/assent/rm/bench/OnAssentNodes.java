package dev.assent.rm.bench;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.security.TlsFiles;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.XADataSource;

/**
 * Ours, coordinated by nodes in other processes. With two services each has an agent of its own and one of the
 * databases; the first begins, hands the token over and commits. Both live in this process, and the token is handed
 * over by a method call: what is measured is the coordination, not an HTTP server.
 */
final class OnAssentNodes implements Contender {
    /** With its number behind. */
    static final String SERVICE = "bench-";

    private final List<RemoteTransactionService> services = new ArrayList<>();
    private final List<AssentTransactions> transactions = new ArrayList<>();
    private final List<Pools> pools = new ArrayList<>();

    OnAssentNodes(
            String nodes,
            Optional<TlsFiles> tls,
            Map<String, ? extends XADataSource> databases,
            int serviceCount,
            int threads)
            throws SQLException {
        for (int i = 1; i <= serviceCount; i++) {
            RemoteConfig config = RemoteConfig.of(nodes, SERVICE + i);
            RemoteTransactionService service =
                    RemoteTransactionService.connect(tls.map(config::withTls).orElse(config));
            services.add(service);
            AssentTransactions managed = new AssentTransactions(service);
            transactions.add(managed);
            pools.add(new Pools(managed, databases, threads));
        }
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        AssentTransactions first = transactions.get(0);
        first.begin();
        for (int i = 0; i < branches.size(); i++) {
            int place = i % transactions.size();
            String database = branches.get(i).database();
            if (place == 0) {
                pools.get(0).work(database, id);
            } else {
                try (Participation participation =
                        transactions.get(place).join(first.token().orElseThrow())) {
                    pools.get(place).work(database, id);
                    participation.leave();
                }
            }
        }
        first.commit();
    }

    @Override
    public void close() {
        services.forEach(RemoteTransactionService::close);
    }
}
