package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.CreateMode;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random requests, prepared up to 20 ahead of their delivery, against {@link ModelStore}: every result, Stat and
 * error, the whole tree now and then, a replica that gets the encoded transactions, and restored snapshots.
 */
class TreeModelTest {
    private static final List<CreateMode> MODES = List.of(CreateMode.values());
    private static final int SEEDS = 40;
    private static final int STEPS = 1_500;
    private static final int AHEAD_MAX = 20;
    private static final Identity ALICE = new Identity("digest", "alice:x");
    private static final Acl PRIVATE = new Acl(
            List.of(new Acl.Entry(Permission.ALL_BITS, ALICE), new Acl.Entry(Permission.READ.bit(), Identity.ANYONE)));

    private record Expected(Txn txn, ErrorCode error, List<ModelStore.Result> results) {}

    private final ModelStore model = new ModelStore();
    private final Deque<Expected> underWay = new ArrayDeque<>();
    private DataTree tree = DataTree.initial();
    private DataTree replica = DataTree.initial();
    private TxnPreparer preparer = new TxnPreparer(tree);
    private long prepared;
    private int failures;
    private int successes;

    @Test
    void any_history_gives_what_the_rules_say_on_every_replica() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            TreeModelTest run = new TreeModelTest();
            run.history(new Random(seed));

            assertThat(run.failures).as("refused in seed %s", seed).isGreaterThan(50);
            assertThat(run.successes).as("done in seed %s", seed).isGreaterThan(200);
        }
    }

    private void history(Random random) throws IOException {
        for (int step = 0; step < STEPS; step++) {
            request(random);
            while (!underWay.isEmpty() && (underWay.size() > AHEAD_MAX || random.nextInt(3) == 0)) {
                deliver();
            }
            if (step % 250 == 249) {
                drainAndCompare();
                replica = restored(replica);
                preparer = new TxnPreparer(tree);
            }
        }
        drainAndCompare();
    }

    private void request(Random random) {
        SessionId session = new SessionId(1 + random.nextInt(4));
        Txn.Header header = new Txn.Header(
                session, random.nextInt(), 1_000_000 + prepared * 3, new Txn.Origin(new ServerId(1), prepared));
        long zxid = ++prepared;
        if (!model.sessions.contains(session)) {
            Txn opened = preparer.openSession(header, new SessionPassword(new byte[16]), 4_000);
            model.sessions.add(session);
            underWay.add(new Expected(opened, ErrorCode.OK, List.of()));
        } else if (random.nextInt(40) == 0) {
            model.close(session, zxid);
            underWay.add(new Expected(preparer.closeSession(header), ErrorCode.OK, List.of()));
        } else if (random.nextInt(60) == 0) {
            expire(random, header, zxid);
        } else if (random.nextInt(4) == 0) {
            multi(random, header, zxid);
        } else {
            List<Identity> by = random.nextBoolean() ? List.of(ALICE) : List.of();
            WriteOp op = op(random);
            List<ModelStore.Result> results = model.run(header, zxid, by, List.of(op));
            ErrorCode error = results.get(0).error();
            underWay.add(
                    new Expected(preparer.prepare(header, by, op), error, error == ErrorCode.OK ? results : List.of()));
        }
    }

    /** Several at once, of which some may not be open, and one may be named twice. */
    private void expire(Random random, Txn.Header header, long zxid) {
        List<SessionId> silent = new ArrayList<>(List.of(header.session()));
        for (int count = random.nextInt(4); count > 0; count--) {
            silent.add(new SessionId(1 + random.nextInt(4)));
        }
        Txn.Header nobodys = new Txn.Header(Txn.Header.NO_CLIENT, 0, header.wallMillis(), header.origin());
        Txn expiry = preparer.expireSessions(nobodys, silent).orElseThrow();
        assertThat(expiry.closedSessions()).allMatch(model.sessions::contains).doesNotHaveDuplicates();
        expiry.closedSessions().forEach(session -> model.close(session, zxid));
        assertThat(model.sessions).doesNotContainAnyElementsOf(silent);
        underWay.add(new Expected(expiry, ErrorCode.OK, List.of()));
    }

    private void multi(Random random, Txn.Header header, long zxid) {
        List<Identity> by = random.nextBoolean() ? List.of(ALICE) : List.of();
        List<WriteOp> ops = new ArrayList<>();
        for (int count = random.nextInt(4); count >= 0; count--) {
            ops.add(op(random));
        }
        List<ModelStore.Result> results = model.run(header, zxid, by, ops);
        underWay.add(new Expected(preparer.prepareMulti(header, by, ops), ErrorCode.OK, results));
    }

    private static WriteOp op(Random random) {
        String path = path(random);
        int version = random.nextInt(3) > 0 ? WriteOp.ANY_VERSION : random.nextInt(2);
        @Nullable Payload data = random.nextInt(10) == 0 ? null : Payload.wrap(new byte[random.nextInt(400)]);
        Acl acl = random.nextInt(6) == 0 ? PRIVATE : Acl.OPEN;
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> create(random, path, data, acl);
            case 5, 6 -> new WriteOp.Delete(path, version);
            case 7 -> new WriteOp.SetData(path, data, version);
            case 8 -> new WriteOp.SetAcl(path, acl, version);
            default -> new WriteOp.Check(path, version);
        };
    }

    private static WriteOp create(Random random, String path, @Nullable Payload data, Acl acl) {
        CreateMode mode = MODES.get(random.nextInt(MODES.size()));
        return new WriteOp.Create(path, data, acl, mode.flag(), mode.hasTtl() ? random.nextInt(1_000) - 50 : -1);
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int depth = random.nextInt(3); depth >= 0; depth--) {
            path.append('/').append((char) ('a' + random.nextInt(4)));
        }
        return path.toString();
    }

    private void deliver() throws IOException {
        Expected expected = underWay.remove();
        Zxid zxid = tree.zxid().next();
        Applied applied = tree.apply(zxid, expected.txn());
        tree = applied.tree();
        preparer.delivered(tree);
        replica = replica.apply(zxid, TxnCodec.decode(TxnCodec.encode(expected.txn())))
                .tree();

        assertThat(applied.error()).as("%s", expected).isEqualTo(expected.error());
        List<ModelStore.Result> results = new ArrayList<>();
        applied.results().forEach(result -> results.add(result.accept(new AsModelResult())));
        assertThat(results).as("%s", expected).isEqualTo(expected.results());
        assertThat(replica.digest()).isEqualTo(tree.digest());
        boolean refused = expected.txn() instanceof Txn.Rejected;
        failures += refused ? 1 : 0;
        successes += refused ? 0 : 1;
    }

    private void drainAndCompare() throws IOException {
        while (!underWay.isEmpty()) {
            deliver();
        }
        assertThat(tree.znodeCount()).isEqualTo(model.nodes.size());
        assertThat(tree.sessionCount()).isEqualTo(model.sessions.size());
        model.nodes.forEach((path, node) -> {
            Znode actual = tree.find(path).orElseThrow(() -> new AssertionError(path + " is missing"));
            assertThat(actual.stat()).as(path).isEqualTo(node.stat());
            assertThat(actual.data()).isEqualTo(node.data);
            assertThat(actual.acl()).isEqualTo(node.acl);
        });
        for (SessionState session : tree.sessions()) {
            assertThat(session.ephemerals())
                    .allSatisfy(path -> assertThat(tree.find(path).orElseThrow().ephemeralOwner())
                            .isEqualTo(session.id().value()));
        }
        long owned = model.nodes.values().stream()
                .filter(node -> node.owner > 0 && node.owner != Owner.CONTAINER)
                .count();
        assertThat(tree.ephemeralCount()).isEqualTo(owned);
        for (long now : new long[] {1, 1_000_000 + prepared * 3 - 500, Long.MAX_VALUE - 1}) {
            List<String> due = model.nodes.entrySet().stream()
                    .filter(entry -> ModelStore.dueMillis(entry.getValue()) <= now)
                    .sorted(Comparator.comparingLong(entry -> ModelStore.dueMillis(entry.getValue())))
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(tree.due(now, Integer.MAX_VALUE))
                    .extracting(ZnodePath::value)
                    .containsExactlyElementsOf(due);
            assertThat(replica.due(now, Integer.MAX_VALUE)).isEqualTo(tree.due(now, Integer.MAX_VALUE));
        }
    }

    private static DataTree restored(DataTree tree) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotCodec.write(tree, bytes);
        DataTree restored = SnapshotCodec.read(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(restored.digest()).isEqualTo(tree.digest());
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        SnapshotCodec.write(restored, again);
        assertThat(again.toByteArray()).isEqualTo(bytes.toByteArray());
        return restored;
    }

    private static final class AsModelResult implements OpResult.Handler<ModelStore.Result> {
        @Override
        public ModelStore.Result created(OpResult.Created result) {
            return new ModelStore.Result(
                    ErrorCode.OK, result.path().value(), result.znode().stat());
        }

        @Override
        public ModelStore.Result deleted(OpResult.Deleted result) {
            return new ModelStore.Result(ErrorCode.OK, null, null);
        }

        @Override
        public ModelStore.Result changed(OpResult.Changed result) {
            return new ModelStore.Result(ErrorCode.OK, null, result.znode().stat());
        }

        @Override
        public ModelStore.Result checked(OpResult.Checked result) {
            return new ModelStore.Result(ErrorCode.OK, null, null);
        }

        @Override
        public ModelStore.Result failed(OpResult.Failed result) {
            return ModelStore.Result.failed(result.error());
        }
    }
}
