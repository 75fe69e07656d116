package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.LogLines;
import dev.assent.coordination.disk.DataDirectory;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.spi.TxnLog;
import dev.assent.coordination.zab.Write;
import dev.assent.time.Clock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is slow to sync is told, with how slow, by a clock that only syncs move. */
class SlowSyncTest {
    private final AtomicLong nowMillis = new AtomicLong();
    private final BlockingQueue<Long> written = new LinkedBlockingQueue<>();
    private Zxid last = Zxid.startOf(new Epoch(1));
    private long token;

    @Test
    void it_is_a_line_with_its_length_and_those_that_follow_within_ten_seconds_are_a_number(@TempDir Path root)
            throws Exception {
        AtomicLong syncMillis = new AtomicLong();
        try (DataDirectory directory = DataDirectory.open(root, root, new ServerId(1));
                LogLines lines = LogLines.of(LogWriter.class)) {
            TxnLog slow = slow(directory.log(), () -> nowMillis.addAndGet(syncMillis.get()));
            LogWriter writer = new LogWriter(
                    "writer",
                    new ReplicaContext(clock(), noTransport(), slow, directory.snapshots(), directory.epochs()),
                    written::add,
                    failure -> {});
            writer.start();

            syncMillis.set(999);
            write(writer);
            assertThat(lines.all()).isEmpty();
            syncMillis.set(1_234);
            write(writer);
            write(writer);
            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .startsWith("a sync of the transaction log took 1234 ms (0 other")
                    .contains("dataLogDir");

            nowMillis.addAndGet(10_000);
            write(writer);
            assertThat(lines.all()).hasSize(2).last().asString().contains("took 1234 ms (1 other");
            assertThat(writer.stop(30_000)).isTrue();
        }
    }

    /** Durable on return, and told. */
    private void write(LogWriter writer) throws InterruptedException {
        last = last.next();
        token++;
        writer.submit(List.of(new Write.Append(token, last, Payload.wrap(new byte[10]))));
        assertThat(written.poll(120, TimeUnit.SECONDS)).isEqualTo(token);
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public long epochMillis() {
                return nowMillis.get();
            }

            @Override
            public long nanos() {
                return TimeUnit.MILLISECONDS.toNanos(nowMillis.get());
            }
        };
    }

    private static TxnLog slow(TxnLog log, Runnable syncing) {
        return (TxnLog) Proxy.newProxyInstance(
                TxnLog.class.getClassLoader(), new Class<?>[] {TxnLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("sync")) {
                        syncing.run();
                    }
                    return method.invoke(log, arguments);
                });
    }

    private static PeerTransport noTransport() {
        return (PeerTransport) Proxy.newProxyInstance(
                PeerTransport.class.getClassLoader(),
                new Class<?>[] {PeerTransport.class},
                (proxy, method, arguments) -> {
                    throw new IOException("a writer has nothing to send");
                });
    }
}
