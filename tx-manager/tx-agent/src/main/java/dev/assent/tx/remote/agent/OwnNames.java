package dev.assent.tx.remote.agent;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Names for transactions that this process begins, under leave that a node has given it. Thread-safe. */
final class OwnNames {
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger number = new AtomicInteger();

    /** A name that was never used, under that node's epoch. */
    GlobalTxId next(NodeDirectory.Leave leave, Authority authority, long deadlineEpochMillis) {
        long low = (long) number.getAndIncrement() << Integer.SIZE | Integer.toUnsignedLong(random.nextInt());
        return new GlobalTxId(
                leave.cluster(),
                new EpochKey(authority, leave.shard(), leave.incarnation()),
                leave.epoch(),
                deadlineEpochMillis,
                new GlobalTxId.Unique(leave.grant(), low));
    }
}
