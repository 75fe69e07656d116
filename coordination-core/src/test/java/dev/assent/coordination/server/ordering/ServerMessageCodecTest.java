package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.ordering.ServerMessage.Ask;
import dev.assent.coordination.server.ordering.ServerMessage.Asked;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Claimed;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.server.ordering.ServerMessage.Vouched;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ServerMessageCodecTest {
    private static final SessionId SESSION = new SessionId(0x1234_5678_9abcL);
    private static final List<ServerMessage> ALL = List.of(
            new Asked(List.of(
                    new Ask(1, new Order.Open(4_000)),
                    new Ask(2, new Order.Reopen(SESSION, Payload.wrap(new byte[16]))),
                    new Ask(-3, new Order.Change(SESSION, 7, bytes(1, 2), bytes(3, 4, 5))),
                    new Ask(4, new Order.CatchUp()))),
            new Heard(List.of(SESSION, new SessionId(-1)), false, 12, new Mark(13, 14)),
            new Heard(List.of(), true, -12, Mark.NONE),
            new Vouched(15, 16, new Mark(17, 18)),
            new Claimed(List.of(new Claim(SESSION, 9))),
            new CaughtUp(5, new Zxid(77)),
            new Reopened(6, new Zxid(78), 10, 4_000),
            new Displaced(SESSION, 11));

    @Test
    void every_message_comes_back_as_it_was() {
        assertThat(ALL).allSatisfy(message -> assertThat(ServerMessageCodec.decode(ServerMessageCodec.encode(message)))
                .isEqualTo(message));
    }

    @Test
    void whatever_is_cut_short_is_refused() {
        for (ServerMessage message : ALL) {
            byte[] whole = ServerMessageCodec.encode(message).array();
            for (int length = 0; length < whole.length; length++) {
                Payload cut = Payload.wrap(Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> ServerMessageCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
            }
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
            assertThat(thrown == null || thrown instanceof IllegalArgumentException)
                    .as("%s of %s", thrown, Arrays.toString(nonsense))
                    .isTrue();
        }
    }

    @Test
    void identities_come_back_as_they_were() {
        List<Identity> identities = List.of(new Identity("ip", "127.0.0.1"), new Identity("digest", "zoë:abc="));

        assertThat(Identities.decode(Identities.encode(identities))).isEqualTo(identities);
    }

    private static Payload bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Payload.wrap(bytes);
    }
}
