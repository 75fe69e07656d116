package dev.assent.coordination.server;

import static dev.assent.coordination.server.WireCalls.OPEN;
import static dev.assent.coordination.server.WireCalls.acl;

import dev.assent.coordination.server.WireCalls.WireCall;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.ACL;

/** Requests for so few znodes that they meet. */
final class RandomCalls {
    private static final long LONG = 3_600_000;

    private final Random random;

    RandomCalls(long seed) {
        this.random = new Random(seed);
    }

    boolean coin() {
        return random.nextBoolean();
    }

    WireCall next() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> write();
            case 5 -> multi();
            case 6, 7, 8 -> read();
            case 9, 10 -> watch();
            default ->
                WireCalls.multiRead(getData(), getData(), WireCalls.getChildren(OpCode.getChildren, path(), false));
        };
    }

    private WireCall write() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> create();
            case 4, 5 -> WireCalls.delete(path(), version());
            case 6, 7, 8 -> WireCalls.setData(path(), coin() ? "x" : null, version());
            default -> WireCalls.setAcl(path(), acls(), version());
        };
    }

    private WireCall create() {
        int flag = random.nextInt(7);
        if (flag >= 5) {
            return WireCalls.createTtl(path(), flag, LONG);
        }
        int plain = coin() ? OpCode.create : OpCode.create2;
        return WireCalls.create(flag == 4 ? OpCode.createContainer : plain, path(), "y", acls(), flag);
    }

    private WireCall multi() {
        List<Supplier<WireCall>> kinds = List.of(
                this::create,
                this::create,
                () -> WireCalls.delete(path(), version()),
                () -> WireCalls.setData(path(), "z", version()),
                () -> WireCalls.check(path(), version()));
        WireCall[] calls = new WireCall[1 + random.nextInt(3)];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = kinds.get(random.nextInt(kinds.size())).get();
        }
        return WireCalls.multi(calls);
    }

    private WireCall read() {
        return switch (random.nextInt(6)) {
            case 0 -> WireCalls.exists(path(), coin());
            case 1 -> getData();
            case 2 -> WireCalls.getChildren(coin() ? OpCode.getChildren : OpCode.getChildren2, path(), coin());
            case 3 -> WireCalls.getAcl(path());
            case 4 -> WireCalls.count(path());
            default -> WireCalls.ephemerals(path());
        };
    }

    private WireCall watch() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> WireCalls.addWatch(path(), random.nextInt(2));
            case 2 -> WireCalls.watches(OpCode.removeWatches, path(), 1 + random.nextInt(5));
            case 3 -> WireCalls.watches(OpCode.checkWatches, path(), 1 + random.nextInt(5));
            case 4 -> WireCalls.exists(path(), true);
            default -> WireCalls.getData(path(), true);
        };
    }

    private WireCall getData() {
        return WireCalls.getData(path(), coin());
    }

    private int version() {
        return random.nextInt(3) > 0 ? -1 : random.nextInt(3);
    }

    private List<ACL> acls() {
        return switch (random.nextInt(12)) {
            case 0 -> acl(31, "auth", "");
            case 1 -> acl(3, "world", "anyone");
            case 2 -> acl(31, "nonsense", "x");
            default -> OPEN;
        };
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int depth = random.nextInt(3); depth >= 0; depth--) {
            path.append('/').append((char) ('a' + random.nextInt(3)));
        }
        return path.toString();
    }
}
