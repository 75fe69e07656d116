package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.TxnLog;
import java.io.IOException;

/** A log whose disk fails when told to: the next sync, and whatever is tried after it. */
final class FailingLog extends WrappedLog {
    private volatile boolean failing;
    private volatile boolean failed;
    private volatile int callsAfterFailure;

    FailingLog(TxnLog log) {
        super(log);
    }

    void failFromNowOn() {
        failing = true;
    }

    int callsAfterFailure() {
        return callsAfterFailure;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time uses a log
    private void check(boolean isSync) throws IOException {
        if (failed) {
            callsAfterFailure++;
            throw new IOException("used after it failed");
        }
        if (failing && isSync) {
            failed = true;
            throw new IOException("no space left on device");
        }
    }

    @Override
    public void append(Zxid zxid, Payload txn) throws IOException {
        check(false);
        super.append(zxid, txn);
    }

    @Override
    public void sync() throws IOException {
        check(true);
        super.sync();
    }

    @Override
    public void truncate(Zxid lastKept) throws IOException {
        check(true);
        super.truncate(lastKept);
    }

    @Override
    public void restartAfter(Zxid base) throws IOException {
        check(true);
        super.restartAfter(base);
    }

    @Override
    public void purgeThrough(Zxid zxid) throws IOException {
        check(false);
        super.purgeThrough(zxid);
    }
}
