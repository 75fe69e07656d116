package dev.assent.tx.store;

import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store, a session with it, and what is kept there. */
abstract class StoreFixture {
    /** Nobody is to lose it for slowness; {@link #LIMIT} is longer. */
    private static final Duration SESSION = Duration.ofSeconds(30);

    static final Duration LIMIT = Duration.ofMinutes(2);
    static final BranchName ONE = new BranchName(new ResourceName("orders").hash(), 1, 1);
    static final BranchName TWO = new BranchName(new ResourceName("payments").hash(), 2, 1);

    @TempDir
    Path folder;

    TestStore ensemble;
    StoreSession session;
    ZnodeDecisionLog log;
    ZnodeEpochs epochs;
    ZnodeArchive archive;
    final SetAside aside = new SetAside();
    ClusterId cluster;
    private long nextUnique;

    abstract TestStore startStore(Path folder) throws IOException;

    @BeforeEach
    void connect() throws IOException {
        ensemble = startStore(folder);
        session = open();
        cluster = new ZnodeStore(session).prepare();
        log = new ZnodeDecisionLog(session, System::currentTimeMillis, aside);
        epochs = new ZnodeEpochs(session, aside);
        archive = new ZnodeArchive(session, aside);
    }

    StoreSession open() throws IOException {
        return StoreSession.open(StoreConfig.of(ensemble.connectString()).withSessionTimeout(SESSION));
    }

    @AfterEach
    void disconnect() {
        session.close();
        ensemble.close();
    }

    GlobalTxId begin(EpochRef epoch) {
        return new GlobalTxId(cluster, epoch.key(), epoch.version(), 0, new GlobalTxId.Unique(42, nextUnique++));
    }

    CommitResult commit(GlobalTxId id, BranchName... branches) throws Exception {
        return log.commit(id, List.of(branches)).toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    static RecordRead found(Decision decision, BranchName... pending) {
        return new RecordRead.Found(new DecisionRecord(decision, List.of(pending)));
    }
}
