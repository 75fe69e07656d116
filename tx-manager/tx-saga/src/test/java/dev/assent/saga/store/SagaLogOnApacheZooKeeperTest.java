package dev.assent.saga.store;

import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.nio.file.Path;

/** The contract on a server of Apache ZooKeeper. */
class SagaLogOnApacheZooKeeperTest extends SagaLogContract {

    @Override
    TestStore startStore(Path home) throws IOException {
        return new ApacheZooKeeper(home);
    }
}
