package dev.assent.coordination.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.PeerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PeerCodecTest {
    private final PeerCodec codec = new PeerCodec();

    @Test
    void every_message_is_read_as_it_was_written() throws MalformedMessageException {
        Set<Class<?>> seen = new HashSet<>();
        for (int seed = 0; seed < 500; seed++) {
            for (PeerMessage message : messages(seed)) {
                assertThat(codec.decode(encoded(message))).isEqualTo(message);
                seen.add(message.getClass());
            }
        }
        assertThat(seen).hasSize(PeerMessage.class.getPermittedSubclasses().length);
    }

    @Test
    void a_message_cut_short_anywhere_is_malformed() {
        for (PeerMessage message : messages(1)) {
            ByteBuf whole = encoded(message);
            for (int length = 0; length < whole.readableBytes(); length++) {
                ByteBuf cut = whole.slice(0, length);
                assertThatThrownBy(() -> codec.decode(cut))
                        .as(message.toString())
                        .isInstanceOf(MalformedMessageException.class)
                        .message()
                        .isNotBlank();
            }
        }
    }

    @Test
    void a_mutated_message_is_malformed_or_another_message_but_nothing_else_happens() {
        int malformed = 0;
        int other = 0;
        for (int seed = 0; seed < 3000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            for (PeerMessage message : messages(seed)) {
                ByteBuf bytes = mutated(encoded(message), random);
                try {
                    PeerMessage read = codec.decode(bytes.duplicate());
                    assertThat(encoded(read)).isEqualTo(bytes);
                    other++;
                } catch (MalformedMessageException expected) {
                    malformed++;
                }
            }
        }
        assertThat(malformed).isGreaterThan(1000);
        assertThat(other).isGreaterThan(1000);
    }

    @Test
    void random_bytes_are_malformed_or_a_message_but_nothing_else_happens() {
        SplittableRandom random = new SplittableRandom(99);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length > 1) {
                bytes[0] = PeerCodec.VERSION;
                bytes[1] = (byte) random.nextInt(24);
            }
            try {
                assertThat(encoded(codec.decode(Unpooled.wrappedBuffer(bytes))))
                        .isEqualTo(Unpooled.wrappedBuffer(bytes));
            } catch (MalformedMessageException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void a_declared_length_is_never_allocated_before_it_is_checked() {
        ByteBuf app = encoded(new PeerMessage.App(Payload.wrap(new byte[] {1})));
        app.setInt(2, Integer.MAX_VALUE);
        assertThatThrownBy(() -> codec.decode(app)).hasMessage("message: length 2147483647, but 1 bytes are left");

        ByteBuf inform = encoded(messages(3).get(15));
        inform.setInt(14, Integer.MAX_VALUE / 2);
        assertThatThrownBy(() -> codec.decode(inform)).hasMessageStartingWith("proposals: 1073741823 entries in ");
    }

    @Test
    void another_version_is_named_with_the_remedy() {
        ByteBuf bytes = encoded(new PeerMessage.Diff(new Zxid(1)));
        bytes.setByte(0, 9);

        assertThatThrownBy(() -> codec.decode(bytes))
                .hasMessage("peer message of format version 9, expected 2: run the same release on all members");
    }

    private static List<PeerMessage> messages(long seed) {
        return new PeerMessages(new SplittableRandom(seed)).ofEveryKind();
    }

    private ByteBuf encoded(PeerMessage message) {
        ByteBuf bytes = Unpooled.buffer();
        codec.encode(message, bytes);
        return bytes;
    }

    private static ByteBuf mutated(ByteBuf bytes, SplittableRandom random) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.readableBytes());
            switch (random.nextInt(4)) {
                case 0 -> bytes.setByte(at, random.nextInt(256));
                case 1 -> bytes.setByte(at, bytes.getByte(at) ^ (1 << random.nextInt(8)));
                case 2 -> bytes.writerIndex(Math.max(1, at));
                default -> bytes.writeByte(random.nextInt(256));
            }
        }
        return bytes;
    }
}
