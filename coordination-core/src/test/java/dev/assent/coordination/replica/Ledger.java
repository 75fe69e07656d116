package dev.assent.coordination.replica;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.Role;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The simplest application: it remembers every number it was told, in order. Its readers are other threads. */
final class Ledger implements StateMachine {
    /** Makes snapshots larger than one piece. */
    private static final int FILLER_BYTES = 600_000;

    private final List<Long> entries = new ArrayList<>();
    private Zxid last = Zxid.ZERO;
    private volatile boolean leading;
    private volatile boolean serving;
    private volatile int restores;

    /** Guards nothing against the loop's order: only lets other threads look. */
    synchronized List<Long> entries() {
        return List.copyOf(entries);
    }

    synchronized int size() {
        return entries.size();
    }

    boolean isLeading() {
        return leading;
    }

    boolean isServing() {
        return serving;
    }

    int restores() {
        return restores;
    }

    static Payload txn(long number) {
        return Payload.wrap(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    @Override
    public synchronized void committed(Zxid zxid, Payload txn) {
        if (!zxid.isAfter(last)) {
            throw new AssertionError(zxid + " was delivered after " + last);
        }
        last = zxid;
        entries.add(txn.buffer().getLong());
    }

    @Override
    public void roleChanged(Role role, Epoch epoch, Optional<ServerId> leader, boolean nowServing) {
        leading = role == Role.LEADING && nowServing;
        serving = nowServing;
    }

    @Override
    public void ticked() {}

    @Override
    public void received(ServerId from, Payload message) {}

    @Override
    public synchronized Snapshot snapshot() {
        List<Long> frozen = List.copyOf(entries);
        Zxid at = last;
        return new Snapshot() {
            @Override
            public Zxid zxid() {
                return at;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                DataOutputStream data = new DataOutputStream(out);
                data.writeInt(frozen.size());
                for (long entry : frozen) {
                    data.writeLong(entry);
                }
                data.write(new byte[FILLER_BYTES]);
                data.flush();
            }
        };
    }

    @Override
    public synchronized void restore(Zxid zxid, InputStream snapshot) throws IOException {
        DataInputStream data = new DataInputStream(snapshot);
        entries.clear();
        for (int left = data.readInt(); left > 0; left--) {
            entries.add(data.readLong());
        }
        if (data.readAllBytes().length != FILLER_BYTES) {
            throw new IOException("the snapshot is not whole");
        }
        last = zxid;
        restores++;
    }
}
