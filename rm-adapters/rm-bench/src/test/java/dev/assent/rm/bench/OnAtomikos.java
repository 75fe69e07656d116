package dev.assent.rm.bench;

import com.atomikos.datasource.xa.XAResourceTransaction;
import com.atomikos.datasource.xa.jdbc.JdbcTransactionalResource;
import com.atomikos.icatch.CompositeTransaction;
import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.config.UserTransactionServiceImp;
import com.atomikos.icatch.jta.UserTransactionManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import javax.sql.XADataSource;

/**
 * Atomikos, with its own log in files or with ours in the ensemble. Branches join as its own pool makes them join;
 * the way over {@code enlistResource} compares all resources under one lock.
 */
final class OnAtomikos implements Contender {
    private final UserTransactionServiceImp service;
    private final UserTransactionManager transactions = new UserTransactionManager();
    private final Map<String, JdbcTransactionalResource> resources = new TreeMap<>();

    /** @param ensemble where the log is kept; Atomikos' own files without it */
    OnAtomikos(Path directory, Map<String, ? extends XADataSource> databases, Optional<String> ensemble) {
        Properties properties = new Properties();
        properties.setProperty("com.atomikos.icatch.tm_unique_name", "bench");
        properties.setProperty("com.atomikos.icatch.log_base_dir", directory.toString());
        properties.setProperty("com.atomikos.icatch.max_actives", "1000");
        properties.setProperty("dev.assent.atomikos.enabled", Boolean.toString(ensemble.isPresent()));
        ensemble.ifPresent(connect -> properties.setProperty("dev.assent.coordination.connect", connect));
        databases.forEach((name, source) -> resources.put(name, new JdbcTransactionalResource(name, source)));
        service = new UserTransactionServiceImp(properties);
        resources.values().forEach(service::registerResource);
        service.init();
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        transactions.begin();
        CompositeTransaction current =
                Configuration.getCompositeTransactionManager().getCompositeTransaction();
        for (PinnedBranch branch : branches) {
            JdbcTransactionalResource resource = Objects.requireNonNull(resources.get(branch.database()));
            XAResourceTransaction joined = (XAResourceTransaction) resource.getResourceTransaction(current);
            joined.setXAResource(branch.resource());
            joined.resume();
            branch.work(id);
            joined.suspend();
        }
        transactions.commit();
    }

    @Override
    public void close() {
        service.shutdownForce();
    }
}
