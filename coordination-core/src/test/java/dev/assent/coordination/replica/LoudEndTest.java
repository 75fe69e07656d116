package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.disk.DataDirectory;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.spi.TxnLog;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.ZabConfig;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ended a replica is told even when cleaning up after it fails, or hangs. */
@Timeout(240)
final class LoudEndTest {
    private static final ServerId SELF = new ServerId(1);
    private static final Clock CLOCK = new Clock() {
        @Override
        public long monotonicMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    @TempDir
    Path root;

    private final Ledger ledger = new Ledger();
    private final LinkedBlockingQueue<Throwable> fatal = new LinkedBlockingQueue<>();

    @Test
    void a_clean_up_that_fails_hides_nothing() throws Exception {
        try (DataDirectory directory = DataDirectory.open(root, root, SELF)) {
            Replica replica = start(directory, () -> {
                throw new NoClassDefFoundError("cannot be loaded any more");
            });

            replica.execute(() -> {
                throw new IllegalStateException("the first cause");
            });

            Throwable told = fatal.poll(120, TimeUnit.SECONDS);
            assertThat(told).hasMessage("the first cause");
            replica.close();
            assertThat(told.getSuppressed()).hasAtLeastOneElementOfType(NoClassDefFoundError.class);
            assertThat(fatal).isEmpty();
        }
    }

    @Test
    void a_clean_up_that_hangs_delays_nothing() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (DataDirectory directory = DataDirectory.open(root, root, SELF)) {
            Replica replica = start(directory, () -> awaitUninterruptibly(released));

            replica.execute(() -> {
                throw new IllegalStateException("the cause");
            });

            assertThat(fatal.poll(120, TimeUnit.SECONDS)).hasMessage("the cause");
            released.countDown();
            replica.close();
        }
    }

    @Test
    void a_disk_that_does_not_answer_holds_up_the_stop_for_a_while_and_the_directory_until_it_does() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        DataDirectory directory = DataDirectory.open(root, root, SELF);
        StalledLog log = new StalledLog(directory.log(), answered);
        Replica replica = start(directory, log, () -> {});
        Await.until("it leads", ledger::isLeading);
        replica.execute(() -> replica.propose(Ledger.txn(1)));
        Await.until("its disk stalls", log::isStalled);

        replica.close();
        replica.ended().thenRun(() -> {
            closeQuietly(directory);
            ended.countDown();
        });

        assertThat(ended.getCount()).as("the writer may still write").isOne();
        assertThatThrownBy(() -> DataDirectory.open(root, root, SELF)).hasMessageContaining("of this same process");
        answered.countDown();
        assertThat(ended.await(120, TimeUnit.SECONDS)).isTrue();
        DataDirectory.open(root, root, SELF).close();
    }

    private static void closeQuietly(DataDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Replica start(DataDirectory directory, Runnable closing) throws IOException {
        return start(directory, directory.log(), closing);
    }

    private Replica start(DataDirectory directory, TxnLog log, Runnable closing) throws IOException {
        ZabConfig zab = ZabConfig.of(SELF, new Majority(List.of(SELF)), List.of());
        ReplicaContext surroundings =
                new ReplicaContext(CLOCK, new NoTransport(closing), log, directory.snapshots(), directory.epochs());
        return Replica.start(ReplicaConfig.of(zab, fatal::add), surroundings, loop -> ledger);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** There is nobody to be linked with. */
    private record NoTransport(Runnable closing) implements PeerTransport {
        @Override
        public Thread thread(String name, Runnable body) {
            return new Thread(body, name);
        }

        @Override
        public void start(Listener listener) {}

        @Override
        public void run(long nanosMax) {
            LockSupport.parkNanos(Math.min(nanosMax, TimeUnit.MILLISECONDS.toNanos(1)));
        }

        @Override
        public void wakeUp() {}

        @Override
        public void send(ServerId to, long generation, PeerMessage message) {}

        @Override
        public void flush() {}

        @Override
        public void processed(ServerId from, long generation, int bytes) {}

        @Override
        public void close() {
            closing.run();
        }
    }
}
