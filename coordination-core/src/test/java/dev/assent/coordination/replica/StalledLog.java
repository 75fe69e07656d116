package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.TxnLog;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A log whose disk does not answer a write until it is told to. */
final class StalledLog implements TxnLog {
    private final TxnLog log;
    private final CountDownLatch answering;
    private final CountDownLatch waiting = new CountDownLatch(1);

    StalledLog(TxnLog log, CountDownLatch answering) {
        this.log = log;
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
    public Zxid base() {
        return log.base();
    }

    @Override
    public Zxid last() {
        return log.last();
    }

    @Override
    public void readAfter(Zxid position, Visitor visitor) throws IOException {
        log.readAfter(position, visitor);
    }

    @Override
    public void append(Zxid zxid, Payload txn) throws IOException {
        stall();
        log.append(zxid, txn);
    }

    @Override
    public void sync() throws IOException {
        stall();
        log.sync();
    }

    @Override
    public void truncate(Zxid lastKept) throws IOException {
        log.truncate(lastKept);
    }

    @Override
    public void restartAfter(Zxid base) throws IOException {
        log.restartAfter(base);
    }

    @Override
    public void purgeThrough(Zxid zxid) throws IOException {
        log.purgeThrough(zxid);
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
