package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.TxnLog;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A log whose disk does not answer a write until it is told to. */
final class StalledLog extends WrappedLog {
    private final CountDownLatch answering;
    private final CountDownLatch waiting = new CountDownLatch(1);

    StalledLog(TxnLog log, CountDownLatch answering) {
        super(log);
        this.answering = answering;
    }

    /** Something waits for the disk. */
    boolean isStalled() {
        return waiting.getCount() == 0;
    }

    private void stall() throws IOException {
        waiting.countDown();
        try {
            answering.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("nobody interrupts a writer", e);
        }
    }

    @Override
    public void append(Zxid zxid, Payload txn) throws IOException {
        stall();
        super.append(zxid, txn);
    }

    @Override
    public void sync() throws IOException {
        stall();
        super.sync();
    }
}
