package dev.assent.coordination.sim;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import java.nio.ByteBuffer;

/** A replicated application: the number of transactions applied and a hash over all of them, in order. */
final class SimApp {
    private static final int SNAPSHOT_BYTES = 8 * 5;
    static final byte[] EMPTY_SNAPSHOT = new SimApp().snapshot();

    private Zxid last = Zxid.ZERO;
    private int count;
    private long hash;

    Zxid last() {
        return last;
    }

    int count() {
        return count;
    }

    long hash() {
        return hash;
    }

    void apply(Zxid zxid, Payload txn) {
        Broken.check(zxid.isAfter(last), "delivery goes back from " + last + " to " + zxid);
        last = zxid;
        count++;
        hash = mix(hash, zxid, txn);
    }

    static long mix(long hash, Zxid zxid, Payload txn) {
        return (hash * 31 + zxid.value()) * 0x9E3779B97F4A7C15L + txn.hashCode();
    }

    byte[] snapshot() {
        return ByteBuffer.allocate(SNAPSHOT_BYTES)
                .putLong(last.value())
                .putLong(count)
                .putLong(hash)
                .array();
    }

    void restore(byte[] snapshot) {
        Broken.check(snapshot.length == SNAPSHOT_BYTES, "a snapshot of " + snapshot.length + " bytes is not whole");
        ByteBuffer bytes = ByteBuffer.wrap(snapshot);
        last = new Zxid(bytes.getLong());
        count = (int) bytes.getLong();
        hash = bytes.getLong();
    }
}
