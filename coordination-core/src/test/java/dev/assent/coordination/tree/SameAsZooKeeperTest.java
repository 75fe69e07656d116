package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same random writes to our tree and to an Apache ZooKeeper server: equal errors, paths, Stats and zxids. */
class SameAsZooKeeperTest {
    private static final int STEPS = 1_500;
    private static final byte[] CREDENTIALS = "bob:secret".getBytes(StandardCharsets.UTF_8);

    /** What one operation gave; {@code stat} in the official client's words, without times. */
    private record Outcome(
            int error, @Nullable String path, @Nullable String stat) {}

    /** A client of both: the official one connected to ZooKeeper, and its session in our tree. */
    private record Client(ZooKeeper zooKeeper, SessionId session, List<Identity> identities) {}

    private final Random random = new Random(11);
    private DataTree tree = DataTree.initial();
    private final TxnPreparer preparer = new TxnPreparer(tree);

    @TempDir
    private Path directory;

    @Test
    void random_writes_give_what_apache_zookeeper_gives() throws Exception {
        try (ZooKeeperInProcess server = new ZooKeeperInProcess(directory)) {
            Client bob = connect(server, true);
            Client other = connect(server, false);
            int failures = 0;
            for (int step = 0; step < STEPS; step++) {
                if (step % 200 == 199) {
                    close(other);
                    other = connect(server, false);
                }
                Client client = random.nextBoolean() ? bob : other;
                List<WriteOp> ops = ops();
                List<Outcome> ours = ours(client, ops);
                assertThat(ours).as("step %s: %s", step, ops).isEqualTo(theirs(client.zooKeeper, ops));
                failures += ours.stream().anyMatch(outcome -> outcome.error != 0) ? 1 : 0;
            }
            assertThat(failures).isBetween(STEPS / 10, STEPS * 9 / 10);
            assertThat(compareBelow(bob.zooKeeper, "/")).isGreaterThan(10);
            close(other);
            close(bob);
        }
    }

    private Client connect(ZooKeeperInProcess server, boolean asBob) throws Exception {
        ZooKeeper zooKeeper = server.connect();
        SessionId session = new SessionId(zooKeeper.getSessionId());
        deliver(preparer.openSession(header(session), new SessionPassword(new byte[16]), 4_000));
        if (asBob) {
            zooKeeper.addAuthInfo("digest", CREDENTIALS);
        }
        List<Identity> identities = asBob ? new DigestScheme(Optional.empty()).authenticate(CREDENTIALS) : List.of();
        return new Client(zooKeeper, session, identities);
    }

    private void close(Client client) throws InterruptedException {
        client.zooKeeper.close();
        deliver(preparer.closeSession(header(client.session)));
    }

    private static Txn.Header header(SessionId session) {
        return new Txn.Header(session, 1, 1, new Txn.Origin(new ServerId(1), 1));
    }

    private Applied deliver(Txn txn) {
        Applied applied = tree.apply(tree.zxid().next(), txn);
        tree = applied.tree();
        preparer.delivered(tree);
        return applied;
    }

    private List<WriteOp> ops() {
        List<WriteOp> ops = new ArrayList<>();
        for (int count = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1; count > 0; count--) {
            ops.add(op());
        }
        if (ops.size() > 1) {
            // The official client has no setACL in a multi.
            ops.replaceAll(op -> op instanceof WriteOp.SetAcl ? new WriteOp.Check(op.path(), -1) : op);
        }
        return ops;
    }

    private WriteOp op() {
        StringBuilder path = new StringBuilder();
        for (int depth = random.nextInt(3); depth >= 0; depth--) {
            path.append('/').append((char) ('a' + random.nextInt(3)));
        }
        int version = random.nextInt(3) > 0 ? WriteOp.ANY_VERSION : random.nextInt(2);
        Payload data = random.nextInt(10) == 0 ? null : Payload.wrap(new byte[random.nextInt(50)]);
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> new WriteOp.Create(path.toString(), data, acl(), random.nextInt(5));
            case 4, 5 -> new WriteOp.Delete(random.nextInt(20) == 0 ? "/zookeeper" : path.toString(), version);
            case 6, 7 -> new WriteOp.SetData(path.toString(), data, version);
            case 8 -> new WriteOp.SetAcl(path.toString(), acl(), version);
            default -> new WriteOp.Check(path.toString(), version);
        };
    }

    private Acl acl() {
        return switch (random.nextInt(12)) {
            case 0 -> new Acl(List.of(new Acl.Entry(Permission.ALL_BITS, new Identity("auth", ""))));
            case 1 ->
                new Acl(List.of(
                        new Acl.Entry(Permission.READ.bit(), Identity.ANYONE),
                        new Acl.Entry(Permission.ALL_BITS, new Identity("ip", "127.0.0.0/8"))));
            case 2 -> new Acl(List.of(new Acl.Entry(1, new Identity("nonsense", "x"))));
            default -> Acl.OPEN;
        };
    }

    private List<Outcome> ours(Client client, List<WriteOp> ops) {
        List<Identity> identities = new ArrayList<>(client.identities);
        identities.add(new Identity("ip", "127.0.0.1"));
        Txn.Header header = header(client.session);
        boolean single = ops.size() == 1 && !(ops.get(0) instanceof WriteOp.Check);
        Applied applied = deliver(
                single
                        ? preparer.prepare(header, identities, ops.get(0))
                        : preparer.prepareMulti(header, identities, ops));
        if (applied.error() != ErrorCode.OK) {
            return List.of(new Outcome(applied.error().code(), null, null));
        }
        List<Outcome> outcomes = new ArrayList<>();
        applied.results().forEach(result -> outcomes.add(result.accept(new AsOutcome(single))));
        return outcomes;
    }

    /** In a multi, the official client's plain create asks for the path only. */
    private record AsOutcome(boolean single) implements OpResult.Handler<Outcome> {
        @Override
        public Outcome created(OpResult.Created result) {
            String stat = single ? describe(result.znode().stat()) : null;
            return new Outcome(0, result.path().value(), stat);
        }

        @Override
        public Outcome deleted(OpResult.Deleted result) {
            return new Outcome(0, null, null);
        }

        @Override
        public Outcome changed(OpResult.Changed result) {
            return new Outcome(0, null, describe(result.znode().stat()));
        }

        @Override
        public Outcome checked(OpResult.Checked result) {
            return new Outcome(0, null, null);
        }

        @Override
        public Outcome failed(OpResult.Failed result) {
            return new Outcome(result.error().code(), null, null);
        }
    }

    private static String describe(dev.assent.coordination.model.Stat stat) {
        return new Stat(
                        stat.created().zxid(),
                        stat.modified().zxid(),
                        0,
                        0,
                        stat.versions().data(),
                        stat.versions().children(),
                        stat.versions().acl(),
                        stat.ephemeralOwner(),
                        stat.dataLength(),
                        stat.numChildren(),
                        stat.childrenChanged())
                .toString();
    }

    private static String describe(Stat stat) {
        stat.setCtime(0);
        stat.setMtime(0);
        return stat.toString();
    }

    private static List<Outcome> theirs(ZooKeeper zooKeeper, List<WriteOp> ops) throws InterruptedException {
        try {
            if (ops.size() == 1 && !(ops.get(0) instanceof WriteOp.Check)) {
                return List.of(single(zooKeeper, ops.get(0)));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (var result : zooKeeper.multi(
                    ops.stream().map(SameAsZooKeeperTest::official).toList())) {
                outcomes.add(outcome(result));
            }
            return outcomes;
        } catch (KeeperException refused) {
            if (refused.getResults() == null) {
                return List.of(new Outcome(refused.code().intValue(), null, null));
            }
            return refused.getResults().stream()
                    .map(SameAsZooKeeperTest::outcome)
                    .toList();
        }
    }

    private static Outcome outcome(org.apache.zookeeper.OpResult result) {
        if (result instanceof org.apache.zookeeper.OpResult.ErrorResult error) {
            return new Outcome(error.getErr(), null, null);
        }
        if (result instanceof org.apache.zookeeper.OpResult.CreateResult create) {
            return new Outcome(0, create.getPath(), null);
        }
        if (result instanceof org.apache.zookeeper.OpResult.SetDataResult set) {
            return new Outcome(0, null, describe(set.getStat()));
        }
        return new Outcome(0, null, null);
    }

    private static Outcome single(ZooKeeper zooKeeper, WriteOp op) throws KeeperException, InterruptedException {
        if (op instanceof WriteOp.Create create) {
            Stat stat = new Stat();
            String path = zooKeeper.create(
                    create.path(),
                    bytes(create.data()),
                    official(create.acl()),
                    CreateMode.fromFlag(create.flag(), CreateMode.PERSISTENT),
                    stat);
            return new Outcome(0, path, describe(stat));
        }
        if (op instanceof WriteOp.SetData set) {
            return new Outcome(0, null, describe(zooKeeper.setData(set.path(), bytes(set.data()), set.version())));
        }
        if (op instanceof WriteOp.SetAcl set) {
            return new Outcome(0, null, describe(zooKeeper.setACL(set.path(), official(set.acl()), set.version())));
        }
        zooKeeper.delete(op.path(), ((WriteOp.Delete) op).version());
        return new Outcome(0, null, null);
    }

    private static Op official(WriteOp op) {
        if (op instanceof WriteOp.Create create) {
            return Op.create(
                    create.path(),
                    bytes(create.data()),
                    official(create.acl()),
                    CreateMode.fromFlag(create.flag(), CreateMode.PERSISTENT));
        }
        if (op instanceof WriteOp.SetData set) {
            return Op.setData(set.path(), bytes(set.data()), set.version());
        }
        if (op instanceof WriteOp.Delete delete) {
            return Op.delete(delete.path(), delete.version());
        }
        return Op.check(op.path(), op instanceof WriteOp.Check check ? check.version() : -1);
    }

    private static byte @Nullable [] bytes(@Nullable Payload data) {
        return data == null ? null : data.array();
    }

    private static List<ACL> official(Acl acl) {
        List<ACL> entries = new ArrayList<>();
        for (Acl.Entry entry : acl.entries()) {
            Identity identity = entry.identity();
            entries.add(new ACL(entry.permissionBits(), new Id(identity.scheme(), identity.id())));
        }
        return entries;
    }

    /** Every znode as bob sees it; how many there are. */
    private int compareBelow(ZooKeeper zooKeeper, String path) throws KeeperException, InterruptedException {
        Znode ours = tree.find(path).orElseThrow();
        Stat stat = zooKeeper.exists(path, false);
        assertThat(describe(ours.stat())).as(path).isEqualTo(describe(stat));
        int count = 1;
        if (!Access.permits(ours.acl(), Permission.READ, List.of(new Identity("ip", "127.0.0.1")))) {
            return count;
        }
        byte[] data = zooKeeper.getData(path, false, null);
        assertThat(bytes(ours.data())).as(path).isEqualTo(data);
        List<String> children = zooKeeper.getChildren(path, false);
        assertThat(ours.childNames()).as(path).containsExactlyInAnyOrderElementsOf(children);
        for (String child : children) {
            count += compareBelow(zooKeeper, path.equals("/") ? "/" + child : path + "/" + child);
        }
        return count;
    }
}
