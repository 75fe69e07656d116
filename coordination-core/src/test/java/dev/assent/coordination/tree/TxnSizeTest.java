package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.WriteOp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TxnSizeTest {
    private static final Acl AUTH = new Acl(List.of(new Acl.Entry(Permission.ALL_BITS, new Identity("auth", ""))));

    private final History history = new History();

    /** Of so many characters each. */
    private static Identity[] identities(int count, int characters) {
        List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            identities.add(new Identity("digest", (i + "x".repeat(characters)).substring(0, characters) + ":h"));
        }
        return identities.toArray(new Identity[0]);
    }

    @Test
    void a_small_request_that_would_make_a_transaction_too_large_for_any_log_is_refused_and_leaves_nothing() {
        history.as(identities(60, 200));
        WriteOp[] creates = new WriteOp[4_000];
        for (int i = 0; i < creates.length; i++) {
            creates[i] = new WriteOp.Create("/n" + i, null, AUTH, 0);
        }

        Applied refused = history.multi(creates);

        assertThat(refused.error()).isEqualTo(ErrorCode.MARSHALLING_ERROR);
        assertThat(history.write(new WriteOp.Create("/n0", null, Acl.OPEN, 0)).error())
                .isEqualTo(ErrorCode.OK);
    }

    @Test
    void a_single_write_beyond_the_bound_is_refused_and_one_within_it_is_not() {
        history.write(new WriteOp.Create("/n", null, Acl.OPEN, 0));
        Payload tooMuch = Payload.wrap(new byte[Payload.TXN_BYTES_MAX]);
        Payload within = Payload.wrap(new byte[Payload.TXN_BYTES_MAX - 1_000]);

        assertThat(history.write(new WriteOp.SetData("/n", tooMuch, -1)).error())
                .isEqualTo(ErrorCode.MARSHALLING_ERROR);
        assertThat(history.write(new WriteOp.SetData("/n", within, -1)).error()).isEqualTo(ErrorCode.OK);
    }

    @Test
    void no_transaction_is_larger_than_what_was_reckoned() {
        history.as(identities(3, 40));
        List<WriteOp> ops = List.of(
                new WriteOp.Create("/\u4e2d\u6587", Payload.wrap(new byte[700]), AUTH, 0),
                new WriteOp.SetAcl("/\u4e2d\u6587", AUTH, -1),
                new WriteOp.SetData("/\u4e2d\u6587", Payload.wrap(new byte[300]), -1),
                new WriteOp.Check("/\u4e2d\u6587", -1),
                new WriteOp.Create("/s", null, Acl.OPEN, 3),
                new WriteOp.Delete("/\u4e2d\u6587", -1));
        for (WriteOp op : ops) {
            Txn.Single txn = (Txn.Single) history.propose(op);

            assertThat((long) TxnCodec.encode(txn).size())
                    .isLessThanOrEqualTo(TxnSize.HEADER_BYTES + TxnSize.of(txn.change()));
        }
    }
}
