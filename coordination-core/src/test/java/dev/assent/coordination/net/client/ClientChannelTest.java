package dev.assent.coordination.net.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Why a client is not read, and whether it shows life meanwhile. */
final class ClientChannelTest {
    private static final long PATIENCE_SECONDS = 120;
    private static final int MEMORY_BYTES_MAX = 64 << 20;
    private static final int REPLY_BYTES_MAX = 64 << 10;
    private static final int LARGE_REPLY_BYTES = 32 << 20;
    private static final byte LARGE_READ = 1;
    private static final byte WRITE = 2;
    private static final byte PING = 3;

    private final BlockingQueue<ClientChannel> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<Byte> frames = new LinkedBlockingQueue<>();
    private ClientListener listener;
    private Socket client;
    private DataOutputStream out;
    private ClientChannel channel;

    @BeforeEach
    void connect() throws Exception {
        ListenerLimits limits = new ListenerLimits(
                1 << 20,
                REPLY_BYTES_MAX,
                MEMORY_BYTES_MAX,
                new ListenerLimits.Connections(0, 0, 100),
                Duration.ofMinutes(1),
                Set.of());
        Entrance entrance = Entrance.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener = ClientListener.listen(List.of(entrance), limits, 1, new Answering(), fatal -> {});
        client = new Socket();
        client.setReceiveBufferSize(16 << 10);
        client.setTcpNoDelay(true);
        client.connect(listener.addresses().get(0));
        out = new DataOutputStream(client.getOutputStream());
        channel = opened.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        listener.close();
    }

    private void send(byte kind) throws IOException {
        out.writeInt(1);
        out.writeByte(kind);
        out.flush();
    }

    private byte nextFrame() throws Exception {
        Byte next = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new TimeoutException("no frame");
        }
        return next;
    }

    private boolean onLoop(Callable<Boolean> question) throws Exception {
        return channel.eventLoop().submit(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void await(boolean expected, Callable<Boolean> question) throws Exception {
        long start = System.nanoTime();
        while (onLoop(question) != expected) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new TimeoutException("not " + expected + " in time");
            }
        }
    }

    @Test
    void who_is_not_read_before_it_takes_its_replies_shows_life_by_taking_some() throws Exception {
        send(LARGE_READ);
        assertThat(nextFrame()).isEqualTo(LARGE_READ);
        send(PING);

        await(false, channel::takeProgress);
        assertThat(onLoop(channel::isDeaf)).isFalse();
        client.getInputStream().readNBytes(LARGE_REPLY_BYTES / 2);
        await(true, channel::takeProgress);
        await(false, channel::takeProgress);
        assertThat(frames).isEmpty();

        client.getInputStream().readNBytes(LARGE_REPLY_BYTES / 2);
        assertThat(nextFrame()).isEqualTo(PING);
        assertThat(onLoop(channel::takeProgress)).isFalse();
        assertThat(onLoop(channel::isDeaf)).isFalse();
    }

    @Test
    void who_is_not_read_because_memory_is_short_is_not_silent() throws Exception {
        send(WRITE);
        assertThat(nextFrame()).isEqualTo(WRITE);
        send(PING);

        assertThat(onLoop(channel::isDeaf)).isTrue();
        assertThat(frames).isEmpty();
        boolean unused = onLoop(() -> {
            channel.underWay(0, false);
            return true;
        });

        assertThat(nextFrame()).isEqualTo(PING);
        assertThat(onLoop(channel::isDeaf)).isFalse();
    }

    /** Answers one kind of request largely, and has the other under way for as long as the test likes. */
    private final class Answering implements Conversation.Opener {
        @Override
        public Conversation open(ClientChannel made) {
            made.established();
            opened.add(made);
            return new Conversation() {
                @Override
                public void frame(byte[] request) {
                    frames.add(request[0]);
                    if (request[0] == LARGE_READ) {
                        made.out().writeBytes(new byte[LARGE_REPLY_BYTES]);
                    } else if (request[0] == WRITE) {
                        made.underWay(MEMORY_BYTES_MAX + Holding.GRAIN_BYTES, false);
                    }
                }

                @Override
                public void certified(X509Certificate certificate) {}

                @Override
                public void closed() {}
            };
        }

        @Override
        public void answer(String word, Consumer<String> answered) {}

        @Override
        public void failed(Throwable cause) {}
    }
}
