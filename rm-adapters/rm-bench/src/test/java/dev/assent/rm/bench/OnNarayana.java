package dev.assent.rm.bench;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.List;
import javax.transaction.xa.XAResource;

/** Narayana with its default object store, on files. */
final class OnNarayana implements Contender {
    private final TransactionManager transactions;

    OnNarayana(Path directory) throws CoreEnvironmentBeanException {
        CoreEnvironmentBean core = arjPropertyManager.getCoreEnvironmentBean();
        core.setNodeIdentifier("bench");
        for (String store : List.of("default", "stateStore", "communicationStore")) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store.equals("default") ? null : store)
                    .setObjectStoreDir(directory.toString());
        }
        transactions = com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        transactions.begin();
        for (PinnedBranch branch : branches) {
            if (!transactions.getTransaction().enlistResource(branch.resource())) {
                throw new IllegalStateException("not enlisted: " + branch.database());
            }
            branch.work(id);
            if (!transactions.getTransaction().delistResource(branch.resource(), XAResource.TMSUCCESS)) {
                throw new IllegalStateException("not delisted: " + branch.database());
            }
        }
        transactions.commit();
    }

    @Override
    public void close() {}
}
