package dev.assent.coordination.server.ordering;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import java.util.List;
import java.util.stream.Stream;

/** What members say to each other about sessions and orders, for who damages it. */
public final class ServerMessageDoor {
    private static final SessionId SESSION = new SessionId(0x1234_5678_9abcL);
    private static final Order.Sender SENDER = new Order.Sender(SESSION, 1L << 32 | 7, -5);
    private static final List<Identity> SOMEBODY =
            List.of(new Identity("ip", "127.0.0.1"), new Identity("assent", "node/n1"));
    private static final List<WriteOp> OPS = List.of(
            new WriteOp.Create("/a", Payload.wrap(new byte[] {1, 2, 3}), Acl.OPEN, 0),
            new WriteOp.Create("/t", Payload.EMPTY, Acl.READ_ONLY, 5, 1_000),
            new WriteOp.Delete("/a", -1),
            new WriteOp.SetData("/a", Payload.EMPTY, 7),
            new WriteOp.SetAcl("/a", Acl.OPEN, 4),
            new WriteOp.Check("/", 0));

    private ServerMessageDoor() {}

    /** One of each kind. */
    public static List<byte[]> samples() {
        return Stream.of(
                        new ServerMessage.Forwarded(List.of(
                                new ForwardedOrder(1, new Order.Open(4_000)),
                                new ForwardedOrder(2, new Order.Reopen(SESSION, Payload.wrap(new byte[16]))),
                                new ForwardedOrder(3, new Order.Write(SENDER, SOMEBODY, OPS.get(0))),
                                new ForwardedOrder(4, new Order.Multi(SENDER, SOMEBODY, OPS)),
                                new ForwardedOrder(5, new Order.CloseSession(SENDER)),
                                new ForwardedOrder(6, new Order.Refuse(SENDER, ErrorCode.NO_AUTH)),
                                new ForwardedOrder(7, new Order.CatchUp()))),
                        new ServerMessage.Heard(List.of(SESSION), false, 12, new Mark(13, 14)),
                        new ServerMessage.Confirmed(15, 16, new Mark(17, 18)),
                        new ServerMessage.Claimed(List.of(new Claim(SESSION, 9))),
                        new ServerMessage.CaughtUp(5, new Zxid(77)),
                        new ServerMessage.Reopened(6, new Zxid(78), 10, 4_000),
                        new ServerMessage.Displaced(SESSION, 11))
                .map(message -> ServerMessageCodec.encode(message).array())
                .toList();
    }

    public static void decode(byte[] input) throws CorruptEncoding {
        ServerMessage unused = ServerMessageCodec.decode(Payload.wrap(input));
    }
}
