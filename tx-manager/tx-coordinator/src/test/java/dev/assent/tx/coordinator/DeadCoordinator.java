package dev.assent.tx.coordinator;

import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.store.ZnodeDecisionLog;
import dev.assent.tx.store.ZnodeEpochs;
import dev.assent.tx.store.ZnodeStore;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A coordinator that prepares branches, may decide, and dies without a word when it is closed. */
final class DeadCoordinator implements AutoCloseable {
    private final StoreSession session;
    private final ClusterId cluster;
    private final ZnodeDecisionLog log;
    private final EpochRef epoch;
    private long nextUnique;

    DeadCoordinator(String connectString) throws IOException {
        SetAside aside = new SetAside();
        session = StoreSession.open(StoreConfig.of(connectString));
        cluster = new ZnodeStore(session).prepare();
        log = new ZnodeDecisionLog(session, System::currentTimeMillis, aside);
        epoch = new ZnodeEpochs(session, aside).allot();
    }

    /** A transaction with a branch prepared in each resource. */
    GlobalTxId prepare(long deadlineEpochMillis, ToyResource... resources) {
        GlobalTxId id = new GlobalTxId(
                cluster,
                epoch.key(),
                epoch.version(),
                deadlineEpochMillis,
                new GlobalTxId.Unique(System.nanoTime(), nextUnique++));
        for (ToyResource resource : resources) {
            var unused = resource.prepare(branch(id, resource));
        }
        return id;
    }

    static BranchId branch(GlobalTxId id, ToyResource resource) {
        return name(resource).in(id);
    }

    private static BranchName name(ToyResource resource) {
        return new BranchName(new ResourceName(resource.name()).hash(), 1, 1);
    }

    /** Writes the decision, and tells nobody. */
    void decide(GlobalTxId id, ToyResource... resources) throws Exception {
        List<BranchName> names =
                Arrays.stream(resources).map(DeadCoordinator::name).toList();
        CommitResult result = log.commit(id, names).toCompletableFuture().get(120, TimeUnit.SECONDS);
        if (!(result instanceof CommitResult.Written)) {
            throw new AssertionError("not decided: " + result);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
