package dev.assent.coordination.server.ordering;

import dev.assent.coordination.bytes.ByteSink;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the orders forwarded in one message, one after the other.
 *
 * <pre>
 * order       request:8 kind:1 body
 * body        1 timeoutMillis | 2 session:8 password | 3 | (4 | 5 | 6 | 7) sender length:4 content
 * sender      session:8 tenure:8 cxid
 * content     4 identities op | 5 identities count op* | 6 | 7 error
 * identities  0 as in the change before | 1 + count, (scheme id)*
 * op          1 path data acl flag | 2 path data acl flag ttlMillis:8 | 3 path version | 4 path data version
 *             | 5 path acl version | 6 path version
 * acl         0 open to everybody | 1 + count, (permissions scheme id)*
 * </pre>
 *
 * Numbers without a width are variable. The length lets {@link OrderReader} find the next order behind a content that it
 * cannot read.
 */
final class OrderWriter implements Order.Handler<ByteSink>, WriteOp.Handler<ByteSink> {
    static final int OPEN = 1;
    static final int REOPEN = 2;
    static final int CATCH_UP = 3;
    static final int WRITE = 4;
    static final int MULTI = 5;
    static final int CLOSE_SESSION = 6;
    static final int REFUSE = 7;

    static final int OP_CREATE = 1;
    static final int OP_CREATE_TTL = 2;
    static final int OP_DELETE = 3;
    static final int OP_SET_DATA = 4;
    static final int OP_SET_ACL = 5;
    static final int OP_CHECK = 6;

    private final ByteSink out;
    private @Nullable List<Identity> identitiesBefore;

    OrderWriter(ByteSink out) {
        this.out = out;
    }

    void write(ForwardedOrder forwarded) {
        out.int64(forwarded.request());
        forwarded.order().accept(this);
    }

    @Override
    public ByteSink open(Order.Open order) {
        out.int8(OPEN);
        out.signed(order.timeoutMillis());
        return out;
    }

    @Override
    public ByteSink reopen(Order.Reopen order) {
        out.int8(REOPEN);
        out.int64(order.session().value());
        out.data(order.password().array());
        return out;
    }

    @Override
    public ByteSink catchUp(Order.CatchUp order) {
        out.int8(CATCH_UP);
        return out;
    }

    @Override
    public ByteSink write(Order.Write order) {
        int content = change(WRITE, order.sender());
        identities(order.identities());
        order.op().accept(this);
        return end(content);
    }

    @Override
    public ByteSink multi(Order.Multi order) {
        int content = change(MULTI, order.sender());
        identities(order.identities());
        out.varint(order.ops().size());
        order.ops().forEach(op -> op.accept(this));
        return end(content);
    }

    @Override
    public ByteSink closeSession(Order.CloseSession order) {
        return end(change(CLOSE_SESSION, order.sender()));
    }

    @Override
    public ByteSink refuse(Order.Refuse order) {
        int content = change(REFUSE, order.sender());
        out.signed(order.error().code());
        return end(content);
    }

    private int change(int kind, Order.Sender sender) {
        out.int8(kind);
        out.int64(sender.session().value());
        out.int64(sender.tenure());
        out.signed(sender.cxid());
        return out.startPart();
    }

    private ByteSink end(int content) {
        out.endPart(content);
        return out;
    }

    /** Mostly the sender is who the last one was. */
    private void identities(List<Identity> identities) {
        if (identities.equals(identitiesBefore)) {
            out.varint(0);
            return;
        }
        identitiesBefore = identities;
        out.varint(1L + identities.size());
        for (Identity identity : identities) {
            out.text(identity.scheme());
            out.text(identity.id());
        }
    }

    @Override
    public ByteSink create(WriteOp.Create op) {
        boolean hasTtl = op.ttlMillis() != WriteOp.Create.NO_TTL;
        out.int8(hasTtl ? OP_CREATE_TTL : OP_CREATE);
        out.text(op.path());
        data(op.data());
        acl(op.acl());
        out.signed(op.flag());
        if (hasTtl) {
            out.int64(op.ttlMillis());
        }
        return out;
    }

    @Override
    public ByteSink delete(WriteOp.Delete op) {
        out.int8(OP_DELETE);
        out.text(op.path());
        out.signed(op.version());
        return out;
    }

    @Override
    public ByteSink setData(WriteOp.SetData op) {
        out.int8(OP_SET_DATA);
        out.text(op.path());
        data(op.data());
        out.signed(op.version());
        return out;
    }

    @Override
    public ByteSink setAcl(WriteOp.SetAcl op) {
        out.int8(OP_SET_ACL);
        out.text(op.path());
        acl(op.acl());
        out.signed(op.version());
        return out;
    }

    @Override
    public ByteSink check(WriteOp.Check op) {
        out.int8(OP_CHECK);
        out.text(op.path());
        out.signed(op.version());
        return out;
    }

    private void data(@Nullable Payload data) {
        out.data(data == null ? null : data.array());
    }

    /** As a client sent it, so an empty one is not the open one. */
    private void acl(Acl acl) {
        if (acl.equals(Acl.OPEN)) {
            out.varint(0);
            return;
        }
        out.varint(1L + acl.entries().size());
        for (Acl.Entry entry : acl.entries()) {
            out.signed(entry.permissionBits());
            out.text(entry.identity().scheme());
            out.text(entry.identity().id());
        }
    }
}
