package dev.assent.outbox.lease;

import dev.assent.outbox.testing.Parts;

/** The leases on Apache ZooKeeper. */
final class ShardLeasesOnZooKeeperTest extends ShardLeasesContract {
    ShardLeasesOnZooKeeperTest(Parts.ZooKeeper ensemble) {
        super(ensemble.connect());
    }
}
