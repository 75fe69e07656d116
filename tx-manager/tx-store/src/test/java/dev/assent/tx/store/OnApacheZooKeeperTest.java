package dev.assent.tx.store;

import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.nio.file.Path;

/** The contract on an Apache ZooKeeper server. */
class OnApacheZooKeeperTest extends StoreContract {

    @Override
    TestStore startStore(Path folder) throws IOException {
        return new ApacheZooKeeper(folder);
    }
}
