package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.TxnLog;
import java.io.IOException;

/** A log that does what another one does; whoever extends it has a fault of his own. */
abstract class WrappedLog implements TxnLog {
    private final TxnLog log;

    WrappedLog(TxnLog log) {
        this.log = log;
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
        log.append(zxid, txn);
    }

    @Override
    public void sync() throws IOException {
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
