package dev.assent.tx.store;

import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.nio.file.Path;

/** The table's contract on an Apache ZooKeeper server. */
class ShardTableOnApacheZooKeeperTest extends ShardTableContract {

    @Override
    TestStore startStore(Path folder) throws IOException {
        return new ApacheZooKeeper(folder);
    }
}
