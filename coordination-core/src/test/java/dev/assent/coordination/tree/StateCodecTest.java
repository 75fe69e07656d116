package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Transactions and snapshots as bytes: whole, damaged and cut off. */
class StateCodecTest {
    private static final Txn.Header HEADER = new Txn.Header(
            new SessionId(0xfedc_ba98_7654_3210L),
            -5,
            1_800_000_000_000L,
            new Txn.Origin(new ServerId(255), Long.MIN_VALUE));
    private static final ZnodePath PATH = new ZnodePath("/a/\u00fc");
    private static final Payload DATA = Payload.wrap(new byte[] {1, 2, 3});
    private static final Acl ACL =
            new Acl(List.of(new Acl.Entry(3, new Identity("digest", "bob:x")), new Acl.Entry(1, Identity.ANYONE)));

    private static final List<Change> CHANGES = List.of(
            new Change.Create(PATH, DATA, ACL, HEADER.session().value(), 7),
            new Change.Create(PATH, null, Acl.OPEN, 0, Integer.MIN_VALUE),
            new Change.Create(PATH, Payload.EMPTY, Acl.READ_ONLY, Owner.CONTAINER, -1),
            new Change.Create(PATH, Payload.EMPTY, Acl.OPEN, Owner.ofTtl(1), 8),
            new Change.Create(PATH, Payload.EMPTY, Acl.OPEN, Owner.ofTtl(Owner.TTL_MILLIS_MAX), 9),
            new Change.Delete(PATH),
            new Change.SetData(PATH, DATA, 3),
            new Change.SetAcl(PATH, ACL, 4),
            new Change.Check(ZnodePath.ROOT));

    private static final List<Txn> TXNS = List.of(
            new Txn.Single(HEADER, CHANGES.get(0)),
            new Txn.Multi(HEADER, CHANGES),
            new Txn.Multi(HEADER, List.of()),
            new Txn.OpenSession(
                    HEADER,
                    new SessionPassword("0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                    4_000),
            new Txn.CloseSession(HEADER),
            new Txn.ExpireSessions(HEADER, List.of(new SessionId(1), new SessionId(-1))),
            new Txn.ExpireSessions(HEADER, List.of()),
            new Txn.Rejected(HEADER, ErrorCode.NO_NODE, List.of()),
            new Txn.Rejected(HEADER, ErrorCode.OK, List.of(ErrorCode.OK, ErrorCode.BAD_VERSION)));

    @Test
    void transactions_come_back_as_they_were() throws IOException {
        for (Txn txn : TXNS) {
            assertThat(TxnCodec.decode(TxnCodec.encode(txn))).isEqualTo(txn);
        }
    }

    /** What a log of before there were {@link Txn.ExpireSessions} holds of a session that ended. */
    @Test
    void a_logged_end_of_one_session_means_what_it_always_meant() throws IOException {
        byte[] logged = HexFormat.of().parseHex("04fedcba98765432100980a0f1c2b134ff80808080808080808001");

        assertThat(TxnCodec.decode(Payload.wrap(logged))).isEqualTo(new Txn.CloseSession(HEADER));
    }

    @Test
    void a_small_create_costs_few_bytes_beyond_its_path_and_data() {
        Txn.Header header = new Txn.Header(
                new SessionId(0x0100_0000_0000_0001L), 77, 1_800_000_000_000L, new Txn.Origin(new ServerId(1), 12));
        Change create = new Change.Create(new ZnodePath("/bench/n0001"), DATA, Acl.OPEN, 0, 9);

        assertThat(TxnCodec.encode(new Txn.Single(header, create)).size()).isLessThan(45);
    }

    @Test
    void damaged_transactions_are_refused_and_nothing_worse() {
        Random random = new Random(3);
        int refused = 0;
        int rounds = 200_000;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes =
                    TxnCodec.encode(TXNS.get(random.nextInt(TXNS.size()))).array();
            byte[] damaged = Arrays.copyOf(bytes, bytes.length - (random.nextInt(4) == 0 ? random.nextInt(6) : 0));
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            refused += isRefused(damaged) ? 1 : 0;
        }
        assertThat(refused).isBetween(rounds / 5, rounds - 1);
    }

    private static boolean isRefused(byte[] bytes) {
        try {
            TxnCodec.decode(Payload.wrap(bytes));
            return false;
        } catch (CorruptEncoding expected) {
            return true;
        } catch (RuntimeException | Error wrong) {
            return fail("transaction " + Arrays.toString(bytes), wrong);
        }
    }

    private static DataTree sampleTree() {
        History history = new History();
        history.write(new WriteOp.Create("/a", DATA, Acl.OPEN, 0));
        history.write(new WriteOp.Create("/a/e", null, Acl.OPEN, 1));
        history.write(new WriteOp.Create("/c", null, Acl.READ_ONLY, 4));
        history.write(new WriteOp.Create("/t", DATA, Acl.OPEN, 5, 60_000));
        history.write(new WriteOp.SetData("/a", Payload.wrap(new byte[100_000]), -1));
        return history.tree();
    }

    private static byte[] snapshot(DataTree tree) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotCodec.write(tree, bytes);
        return bytes.toByteArray();
    }

    @Test
    void a_snapshot_holds_everything_and_ends_where_it_ends() throws IOException {
        DataTree tree = sampleTree();
        byte[] bytes = snapshot(tree);
        ByteArrayInputStream stream = new ByteArrayInputStream(Arrays.copyOf(bytes, bytes.length + 5));

        DataTree restored = SnapshotCodec.read(stream);

        assertThat(stream.available()).isEqualTo(5);
        assertThat(restored.digest()).isEqualTo(tree.digest());
        assertThat(restored.zxid()).isEqualTo(tree.zxid());
        assertThat(restored.session(History.SESSION).orElseThrow().ephemerals()).containsExactly(new ZnodePath("/a/e"));
        assertThat(restored.due(61_000, 10)).containsExactly(new ZnodePath("/t"));
        assertThat(restored.find("/a").orElseThrow().stat())
                .isEqualTo(tree.find("/a").orElseThrow().stat());
    }

    @Test
    void a_snapshot_damaged_or_cut_off_anywhere_is_refused() throws IOException {
        byte[] bytes = snapshot(sampleTree());
        Random random = new Random(5);
        for (int round = 0; round < 3_000; round++) {
            int at = random.nextInt(round < 1_500 ? 200 : bytes.length);
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            byte[] cut = Arrays.copyOf(bytes, at);

            assertThatThrownBy(() -> SnapshotCodec.read(new ByteArrayInputStream(flipped)))
                    .isInstanceOf(CorruptEncoding.class);
            assertThatThrownBy(() -> SnapshotCodec.read(new ByteArrayInputStream(cut)))
                    .isInstanceOf(CorruptEncoding.class);
        }
    }

    @Test
    void a_snapshot_of_a_deep_tree_is_restored() throws IOException {
        History history = new History();
        StringBuilder path = new StringBuilder();
        for (int depth = 0; depth < ZnodePath.DEPTH_MAX; depth++) {
            history.write(new WriteOp.Create(path.append("/d").toString(), null, Acl.OPEN, 0));
        }
        DataTree tree = history.tree();

        DataTree restored = SnapshotCodec.read(new ByteArrayInputStream(snapshot(tree)));

        assertThat(tree.znodeCount()).isEqualTo(ZnodePath.DEPTH_MAX + 4);
        assertThat(restored.digest()).isEqualTo(tree.digest());
    }

    @Test
    void any_difference_of_state_shows_in_the_digest() {
        History history = new History();
        long empty = history.tree().digest();
        history.write(new WriteOp.Create("/a", null, Acl.OPEN, 0));
        long withNode = history.tree().digest();
        history.write(new WriteOp.SetAcl("/a", new Acl(List.of(new Acl.Entry(3, Identity.ANYONE))), -1));
        long withAcl = history.tree().digest();
        history.write(new WriteOp.SetData("/a", Payload.EMPTY, -1));
        long withData = history.tree().digest();
        history.open(new SessionId(9));
        long withSession = history.tree().digest();

        assertThat(List.of(empty, withNode, withAcl, withData, withSession)).doesNotHaveDuplicates();
        history.close(new SessionId(9));
        assertThat(history.tree().digest()).isEqualTo(withData);
    }
}
