package dev.assent.coordination.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** The official client's connections to one contender, spread over its servers. */
final class Clients implements AutoCloseable {
    static final int CONNECTIONS = 8;
    static final int IN_FLIGHT = 64;
    private static final int DATA_BYTES = 100;
    private static final int READ_ZNODES = 1_000;
    private static final long LATENCY_MICROS_MAX = TimeUnit.SECONDS.toMicros(60);
    private static final long PATIENCE_SECONDS = 60;

    /** What is measured. */
    enum Operation {
        CREATE,
        GET_DATA
    }

    /**
     * One measurement.
     *
     * @param perSecond operations that were answered
     */
    record Measured(double perSecond, long medianMicros, long p99Micros, long failures) {}

    private final List<ZooKeeper> connections = new ArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();

    private Clients() {}

    static Clients connect(Contender contender) throws IOException, InterruptedException, KeeperException {
        Clients clients = new Clients();
        for (int i = 0; i < CONNECTIONS; i++) {
            CountDownLatch connected = new CountDownLatch(1);
            clients.connections.add(new ZooKeeper(contender.connect(i), 30_000, event -> {
                if (event.getState() == KeeperState.SyncConnected) {
                    connected.countDown();
                }
            }));
            if (!connected.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(contender.make().title() + " accepts no session");
            }
        }
        clients.prepare();
        return clients;
    }

    private void prepare() throws InterruptedException, KeeperException {
        ZooKeeper first = connections.get(0);
        create(first, "/read");
        for (int i = 0; i < READ_ZNODES; i++) {
            create(first, "/read/" + i);
        }
    }

    private static void create(ZooKeeper zk, String path) throws InterruptedException, KeeperException {
        zk.create(path, new byte[DATA_BYTES], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    Measured measure(Operation operation, int seconds) throws InterruptedException, KeeperException {
        Run run = new Run(operation, "/run-" + runs.incrementAndGet());
        return run.measure(seconds);
    }

    /** Keeps so many requests in flight on every connection until the time is over. */
    private final class Run {
        private final Operation operation;
        private final String parent;
        private final AtomicBoolean going = new AtomicBoolean(true);
        private final LongAdder answered = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final AtomicInteger names = new AtomicInteger();
        private final CountDownLatch quiet = new CountDownLatch(CONNECTIONS * IN_FLIGHT);
        private final Histogram latencyMicros = new ConcurrentHistogram(LATENCY_MICROS_MAX, 3);

        Run(Operation operation, String parent) {
            this.operation = operation;
            this.parent = parent;
        }

        Measured measure(int seconds) throws InterruptedException, KeeperException {
            for (int i = 0; i < CONNECTIONS; i++) {
                create(connections.get(0), parent + "-" + i);
            }
            long start = System.nanoTime();
            for (int i = 0; i < CONNECTIONS; i++) {
                for (int j = 0; j < IN_FLIGHT; j++) {
                    next(i);
                }
            }
            boolean early = quiet.await(seconds, TimeUnit.SECONDS);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long count = answered.sum();
            going.set(false);
            if (early || !quiet.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("requests were not answered");
            }
            return new Measured(
                    count / elapsed,
                    latencyMicros.getValueAtPercentile(50),
                    latencyMicros.getValueAtPercentile(99),
                    failed.sum());
        }

        private void next(int connection) {
            if (!going.get()) {
                quiet.countDown();
                return;
            }
            long asked = System.nanoTime();
            ZooKeeper zk = connections.get(connection);
            switch (operation) {
                case CREATE ->
                    zk.create(
                            parent + "-" + connection + "/" + names.incrementAndGet(),
                            new byte[DATA_BYTES],
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT,
                            (rc, path, context, name) -> answered(connection, asked, rc),
                            null);
                case GET_DATA ->
                    zk.getData(
                            "/read/" + ThreadLocalRandom.current().nextInt(READ_ZNODES),
                            false,
                            (rc, path, context, data, stat) -> answered(connection, asked, rc),
                            null);
            }
        }

        private void answered(int connection, long askedNanos, int rc) {
            answered.increment();
            if (rc != 0) {
                failed.increment();
            }
            long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - askedNanos);
            latencyMicros.recordValue(Math.min(micros, LATENCY_MICROS_MAX));
            next(connection);
        }
    }

    @Override
    public void close() {
        for (ZooKeeper zk : connections) {
            try {
                zk.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
