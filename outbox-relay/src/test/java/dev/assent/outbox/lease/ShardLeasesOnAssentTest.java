package dev.assent.outbox.lease;

import dev.assent.outbox.testing.Parts;

/** The leases on Assent's own store. */
final class ShardLeasesOnAssentTest extends ShardLeasesContract {
    ShardLeasesOnAssentTest(Parts.Assent ensemble) {
        super(ensemble.connect());
    }
}
