package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Claimed;
import dev.assent.coordination.server.ordering.ServerMessage.Confirmed;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import dev.assent.coordination.server.ordering.ServerMessage.Forwarded;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ServerMessageCodecTest {
    private static final SessionId SESSION = new SessionId(0x1234_5678_9abcL);
    private static final Order.Sender SENDER = new Order.Sender(SESSION, 1L << 32 | 7, -5);
    private static final List<Identity> SOMEBODY =
            List.of(new Identity("ip", "127.0.0.1"), new Identity("digest", "zo\u00eb:abc="));
    private static final Payload DATA = Payload.wrap(new byte[] {1, 2, 3});
    private static final Acl ACL = new Acl(List.of(new Acl.Entry(-17, new Identity("digest", "bob:hash"))));

    /** As clients may send them: with paths, modes, versions and ACLs that are none. */
    private static final List<WriteOp> OPS = List.of(
            new WriteOp.Create("/a", DATA, Acl.OPEN, 0),
            new WriteOp.Create("no path/\u00fc\0", null, new Acl(List.of()), -9),
            new WriteOp.Create("", Payload.EMPTY, ACL, Integer.MIN_VALUE, Long.MIN_VALUE),
            new WriteOp.Create("/t", DATA, Acl.READ_ONLY, 5, 0),
            new WriteOp.Delete("/a", -1),
            new WriteOp.SetData("/a", DATA, Integer.MAX_VALUE),
            new WriteOp.SetData("/a", null, 3),
            new WriteOp.SetAcl("/a", ACL, 4),
            new WriteOp.SetAcl("/a", new Acl(List.of()), -2),
            new WriteOp.Check("/", 0));

    private static final List<ServerMessage> ALL = List.of(
            new Forwarded(List.of(
                    new ForwardedOrder(1, new Order.Open(4_000)),
                    new ForwardedOrder(2, new Order.Reopen(SESSION, Payload.wrap(new byte[16]))),
                    new ForwardedOrder(-3, new Order.Write(SENDER, SOMEBODY, OPS.get(0))),
                    new ForwardedOrder(4, new Order.Multi(SENDER, SOMEBODY, OPS)),
                    new ForwardedOrder(5, new Order.Multi(SENDER, List.of(), List.of())),
                    new ForwardedOrder(6, new Order.Write(SENDER, SOMEBODY, OPS.get(5))),
                    new ForwardedOrder(7, new Order.CloseSession(SENDER)),
                    new ForwardedOrder(8, new Order.Refuse(SENDER, ErrorCode.NO_AUTH)),
                    new ForwardedOrder(9, new Order.CatchUp()))),
            new Forwarded(List.of()),
            new Heard(List.of(SESSION, new SessionId(-1)), false, 12, new Mark(13, 14)),
            new Heard(List.of(), true, -12, Mark.NONE),
            new Confirmed(15, 16, new Mark(17, 18)),
            new Claimed(List.of(new Claim(SESSION, 9))),
            new CaughtUp(5, new Zxid(77)),
            new Reopened(6, new Zxid(78), 10, 4_000),
            new Displaced(SESSION, 11));

    @Test
    void every_message_comes_back_as_it_was() throws CorruptEncoding {
        for (ServerMessage message : ALL) {
            assertThat(ServerMessageCodec.decode(ServerMessageCodec.encode(message)))
                    .isEqualTo(message);
        }
    }

    @Test
    void every_operation_comes_back_as_a_client_meant_it() throws CorruptEncoding {
        for (WriteOp op : OPS) {
            Order order = new Order.Write(SENDER, SOMEBODY, op);
            assertThat(sent(order)).containsExactly(order);
        }
    }

    private static List<Order> sent(Order... orders) throws CorruptEncoding {
        List<ForwardedOrder> forwarded =
                Stream.of(orders).map(order -> new ForwardedOrder(1, order)).toList();
        return received(ServerMessageCodec.encode(new Forwarded(forwarded)));
    }

    private static List<Order> received(Payload bytes) throws CorruptEncoding {
        Forwarded message = (Forwarded) ServerMessageCodec.decode(bytes);
        return message.orders().stream().map(ForwardedOrder::order).toList();
    }

    @Test
    void who_sends_many_changes_is_named_once() {
        Order order = new Order.Write(SENDER, SOMEBODY, OPS.get(4));
        int one = size(order);
        int two = size(order, order);
        int three = size(order, order, order);

        assertThat(three - two).isEqualTo(two - one).isLessThan(one - 15);
    }

    private static int size(Order... orders) {
        List<ForwardedOrder> forwarded =
                Stream.of(orders).map(order -> new ForwardedOrder(1, order)).toList();
        return ServerMessageCodec.encode(new Forwarded(forwarded)).size();
    }

    @Test
    void a_change_whose_content_cannot_be_read_is_refused_and_the_others_of_its_message_are_served() throws Exception {
        Order before = new Order.Write(SENDER, SOMEBODY, OPS.get(0));
        Order broken = new Order.Write(SENDER, SOMEBODY, new WriteOp.Delete("/broken", 1));
        Order after = new Order.Write(SENDER, SOMEBODY, OPS.get(5));
        Order refused = new Order.Refuse(SENDER, ErrorCode.MARSHALLING_ERROR);
        byte[] whole = ServerMessageCodec.encode(new Forwarded(List.of(
                        new ForwardedOrder(1, before), new ForwardedOrder(2, broken), new ForwardedOrder(3, after))))
                .array();
        int text = new String(whole, StandardCharsets.ISO_8859_1).indexOf("/broken");
        byte[] unknownKind = whole.clone();
        unknownKind[text - 2] = 127;
        byte[] noText = whole.clone();
        noText[text] = (byte) 0xff;
        byte[] tooLong = whole.clone();
        tooLong[text - 1] = 127;

        for (byte[] damaged : List.of(unknownKind, noText, tooLong)) {
            assertThat(received(Payload.wrap(damaged))).containsExactly(before, refused, after);
        }
    }

    @Test
    void who_is_named_as_the_sender_of_an_unreadable_change_is_not_taken_for_the_one_before_it() throws Exception {
        Order first = new Order.Write(SENDER, List.of(new Identity("super", "")), OPS.get(0));
        Order second = new Order.Write(SENDER, SOMEBODY, OPS.get(4));
        List<ForwardedOrder> orders =
                List.of(new ForwardedOrder(1, first), new ForwardedOrder(2, second), new ForwardedOrder(3, second));
        byte[] bytes = ServerMessageCodec.encode(new Forwarded(orders)).array();
        int scheme = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("digest");
        bytes[scheme] = (byte) 0xff;

        Order refused = new Order.Refuse(SENDER, ErrorCode.MARSHALLING_ERROR);
        assertThat(received(Payload.wrap(bytes))).containsExactly(first, refused, refused);
    }

    @Test
    void many_asks_go_in_several_messages_in_their_order() throws CorruptEncoding {
        List<ForwardedOrder> orders = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            orders.add(new ForwardedOrder(i, new Order.Write(SENDER, SOMEBODY, OPS.get(i % OPS.size()))));
        }

        List<Payload> parts = ServerMessageCodec.encodeInParts(orders, 1_000);

        List<ForwardedOrder> together = new ArrayList<>();
        for (Payload part : parts) {
            assertThat(part.size()).isLessThan(1_200);
            together.addAll(((Forwarded) ServerMessageCodec.decode(part)).orders());
        }
        assertThat(parts).hasSizeBetween(3, 10);
        assertThat(together).isEqualTo(orders);
        assertThat(ServerMessageCodec.encodeInParts(List.of(), 1_000)).isEmpty();
    }

    @Test
    void whatever_is_cut_short_or_continued_is_refused() {
        for (ServerMessage message : ALL) {
            byte[] whole = ServerMessageCodec.encode(message).array();
            for (int length = 0; length < whole.length; length++) {
                Payload cut = Payload.wrap(Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> ServerMessageCodec.decode(cut)).isInstanceOf(CorruptEncoding.class);
            }
            Payload longer = Payload.wrap(Arrays.copyOf(whole, whole.length + 1));
            assertThatThrownBy(() -> ServerMessageCodec.decode(longer)).isInstanceOf(CorruptEncoding.class);
        }
    }

    @Test
    void nonsense_is_refused_or_read_and_nothing_else() {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] nonsense = new byte[random.nextInt(1, 60)];
            random.nextBytes(nonsense);
            nonsense[0] = (byte) random.nextInt(0, 9);
            Throwable thrown = catchThrowable(() -> ServerMessageCodec.decode(Payload.wrap(nonsense)));
            assertThat(thrown == null || thrown instanceof CorruptEncoding)
                    .as("%s of %s", thrown, Arrays.toString(nonsense))
                    .isTrue();
        }
    }

    @Test
    void damaged_messages_are_refused_or_read_and_nothing_else() {
        SplittableRandom random = new SplittableRandom(43);
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = ServerMessageCodec.encode(ALL.get(random.nextInt(ALL.size())))
                    .array();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            Throwable thrown = catchThrowable(() -> ServerMessageCodec.decode(Payload.wrap(damaged)));
            assertThat(thrown == null || thrown instanceof CorruptEncoding)
                    .as("%s of %s", thrown, Arrays.toString(damaged))
                    .isTrue();
        }
    }
}
