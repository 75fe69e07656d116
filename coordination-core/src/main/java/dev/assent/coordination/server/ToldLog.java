package dev.assent.coordination.server;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.TxnLog;
import dev.assent.event.EventStream;
import dev.assent.event.MemberEvent;
import dev.assent.time.Clock;
import java.io.IOException;

/** A log of whose syncs is told how long they take. Used as the log itself is. */
final class ToldLog implements TxnLog {
    private final TxnLog log;
    private final EventStream events;
    private final Clock clock;
    private final long self;

    ToldLog(TxnLog log, EventStream events, Clock clock, long self) {
        this.log = log;
        this.events = events;
        this.clock = clock;
        this.self = self;
    }

    @Override
    public void sync() throws IOException {
        if (!events.isHeard()) {
            log.sync();
            return;
        }
        long begunNanos = clock.nanos();
        log.sync();
        events.tell(new MemberEvent.Synced(self, clock.nanos() - begunNanos));
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
