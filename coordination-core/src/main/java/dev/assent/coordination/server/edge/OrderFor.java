package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.OrderedRequest;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.server.ordering.Order;
import java.util.List;

/** What the leader is asked for so that a client's request can be answered: nothing of the client's bytes goes with it. */
record OrderFor(Order.Sender sender, List<Identity> identities) implements OrderedRequest.ChangeHandler<Order> {
    @Override
    public Order write(OrderedRequest.Write request) {
        return new Order.Write(sender, identities, request.op());
    }

    @Override
    public Order multi(OrderedRequest.Multi request) {
        List<WriteOp> ops = request.ops().stream().map(OrderedRequest.Write::op).toList();
        return new Order.Multi(sender, identities, ops);
    }

    @Override
    public Order closeSession(OrderedRequest.CloseSession request) {
        return new Order.CloseSession(sender);
    }
}
