package dev.assent.coordination.server.ordering;

import dev.assent.coordination.jute.MalformedRequest;
import dev.assent.coordination.jute.OrderedRequest;
import dev.assent.coordination.jute.Request;
import dev.assent.coordination.jute.RequestDecoder;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnPreparer;
import java.util.List;

/**
 * From a client's bytes to a transaction. The bytes were checked where they came in and are checked here again: a
 * request that cannot be understood is refused like any other, and costs its sender an error.
 */
final class ChangePreparer {
    private final TxnPreparer preparer;
    private final RequestDecoder decoder;
    private Payload lastEncoded = Payload.EMPTY;
    private List<Identity> lastIdentities = List.of();

    ChangePreparer(TxnPreparer preparer, RequestDecoder decoder) {
        this.preparer = preparer;
        this.decoder = decoder;
    }

    Txn prepare(Txn.Header header, Order.Change order) {
        try {
            Request request = decoder.request(order.frame().array()).request();
            List<Identity> identities = identities(order.identities());
            return request instanceof OrderedRequest.Change change
                    ? change.accept(new Preparing(header, identities))
                    : preparer.reject(header, ErrorCode.UNIMPLEMENTED);
        } catch (MalformedRequest | IllegalArgumentException e) {
            // The latter for identities that cannot be read: no server sends them, and none may stop this one.
            return preparer.reject(header, ErrorCode.MARSHALLING_ERROR);
        }
    }

    private final class Preparing implements OrderedRequest.ChangeHandler<Txn> {
        private final Txn.Header header;
        private final List<Identity> identities;

        Preparing(Txn.Header header, List<Identity> identities) {
            this.header = header;
            this.identities = identities;
        }

        @Override
        public Txn write(OrderedRequest.Write request) {
            return preparer.prepare(header, identities, request.op());
        }

        @Override
        public Txn multi(OrderedRequest.Multi request) {
            List<WriteOp> ops =
                    request.ops().stream().map(OrderedRequest.Write::op).toList();
            return preparer.prepareMulti(header, identities, ops);
        }

        @Override
        public Txn closeSession(OrderedRequest.CloseSession request) {
            return preparer.closeSession(header);
        }
    }

    /** Mostly the sender is who the last one was. */
    private List<Identity> identities(Payload encoded) {
        if (!encoded.equals(lastEncoded)) {
            lastIdentities = Identities.decode(encoded);
            lastEncoded = encoded;
        }
        return lastIdentities;
    }

    /** The client's number of a request. */
    static int xidOf(Payload frame) {
        return frame.size() < Integer.BYTES ? 0 : frame.buffer().getInt();
    }
}
