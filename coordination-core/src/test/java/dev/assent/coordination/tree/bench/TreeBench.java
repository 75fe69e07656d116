package dev.assent.coordination.tree.bench;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SnapshotCodec;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnCodec;
import dev.assent.coordination.tree.TxnPreparer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The command. */
@Command(
        name = "tree-bench",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "How much processor time preparing, encoding, applying and reading take, and how much memory a znode."
        })
public final class TreeBench implements Callable<Integer> {
    private static final int ZNODES = 1_000_000;
    private static final int DATA_BYTES = 100;
    private static final int ROUNDS = 3;
    private static final SessionId SESSION = new SessionId(7);

    public static void main(String[] arguments) {
        Commands.run(TreeBench::new, arguments);
    }

    @Override
    public Integer call() throws IOException {
        for (int round = 1; round <= ROUNDS; round++) {
            System.out.printf(Locale.ROOT, "round %d%n", round);
            run();
        }
        return ExitCode.OK;
    }

    private static void run() throws IOException {
        long heapBefore = usedHeap();
        DataTree tree = DataTree.initial();
        TxnPreparer opener = new TxnPreparer(tree);
        tree = tree.apply(new Zxid(1), opener.openSession(header(0), new SessionPassword(new byte[16]), 4_000))
                .tree();
        tree = write(tree, new WriteOp.Create("/bench", null, Acl.OPEN, 0));
        tree = creates(tree);
        System.out.printf(
                Locale.ROOT,
                "  memory        %6d B for a znode of %d B data, path included%n",
                (usedHeap() - heapBefore) / ZNODES,
                DATA_BYTES);
        reads(tree);
        snapshot(tree);
    }

    private static DataTree write(DataTree tree, WriteOp op) {
        return tree.apply(tree.zxid().next(), new TxnPreparer(tree).prepare(header(0), List.of(), op))
                .tree();
    }

    private static Txn.Header header(int request) {
        return new Txn.Header(SESSION, request, 1_800_000_000_000L, new Txn.Origin(new ServerId(1), request));
    }

    private static DataTree creates(DataTree start) throws CorruptEncoding {
        DataTree tree = start;
        TxnPreparer preparer = new TxnPreparer(tree);
        int batch = 100;
        long prepareNanos = 0;
        long codecNanos = 0;
        long applyNanos = 0;
        for (int first = 0; first < ZNODES; first += batch) {
            List<WriteOp> ops = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                ops.add(new WriteOp.Create("/bench/node-", Payload.wrap(new byte[DATA_BYTES]), Acl.OPEN, 2));
            }
            long begin = cpuNanos();
            List<Txn> txns = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                txns.add(preparer.prepare(header(first + i), List.of(), ops.get(i)));
            }
            long prepared = cpuNanos();
            for (int i = 0; i < batch; i++) {
                txns.set(i, TxnCodec.decode(TxnCodec.encode(txns.get(i))));
            }
            long coded = cpuNanos();
            for (Txn txn : txns) {
                tree = tree.apply(tree.zxid().next(), txn).tree();
            }
            long applied = cpuNanos();
            txns.forEach(new DeliverTo(preparer, tree)::delivered);
            prepareNanos += prepared - begin + cpuNanos() - applied;
            codecNanos += coded - prepared;
            applyNanos += applied - coded;
        }
        print("prepare", prepareNanos, ZNODES);
        print("encode+decode", codecNanos, ZNODES);
        print("apply create", applyNanos, ZNODES);
        return tree;
    }

    private record DeliverTo(TxnPreparer preparer, DataTree tree) {
        void delivered(Txn txn) {
            preparer.delivered(tree);
        }
    }

    private static void reads(DataTree tree) {
        SplittableRandom random = new SplittableRandom(1);
        int reads = 2_000_000;
        String[] paths = new String[100_000];
        for (int i = 0; i < paths.length; i++) {
            paths[i] = String.format(Locale.ROOT, "/bench/node-%010d", random.nextInt(ZNODES));
        }
        long begin = cpuNanos();
        long bytes = 0;
        for (int i = 0; i < reads; i++) {
            ZnodePath path = new ZnodePath(paths[i % paths.length]);
            bytes += tree.find(path).orElseThrow().dataLength();
        }
        print("getData", cpuNanos() - begin, reads);
        if (bytes != (long) reads * DATA_BYTES) {
            throw new IllegalStateException("read " + bytes + " bytes");
        }
    }

    private static void snapshot(DataTree tree) throws IOException {
        CountingStream counter = new CountingStream();
        long begin = cpuNanos();
        SnapshotCodec.write(tree, counter);
        print("snapshot", cpuNanos() - begin, ZNODES);
        System.out.printf(Locale.ROOT, "  snapshot      %6d B a znode%n", counter.count / ZNODES);
    }

    private static final class CountingStream extends OutputStream {
        long count;

        @Override
        public void write(int b) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }

    private static void print(String what, long nanos, int operations) {
        System.out.printf(
                Locale.ROOT,
                "  %-13s %6d ns each, %,d/s%n",
                what,
                nanos / operations,
                operations * 1_000_000_000L / nanos);
    }

    /** Of this thread: a busy machine and the collector's own threads do not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
