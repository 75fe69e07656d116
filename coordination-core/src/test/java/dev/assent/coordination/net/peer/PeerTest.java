package dev.assent.coordination.net.peer;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.net.secure.TlsSide;
import dev.assent.coordination.replica.Await;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.zab.PeerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Members with recorders for listeners, and what they complained about. */
final class PeerTest implements AutoCloseable {
    final Map<ServerId, InetSocketAddress> addresses = new ConcurrentHashMap<>();
    PeerNetLimits limits = PeerNetLimits.DEFAULT;
    String cluster = "test";
    private final List<Recorder> recorders = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    PeerTest() {
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        complaints().addAppender(log);
    }

    private static Logger complaints() {
        return (Logger) LoggerFactory.getLogger(Complaints.class);
    }

    static PeerNetLimits limits(int idleMillis, long outgoingBytes, long unprocessedBytes) {
        return new PeerNetLimits(2_000, 1_000, idleMillis, 10, 100, outgoingBytes, unprocessedBytes);
    }

    PeerNetConfig config(ServerId self, Set<ServerId> others, int port) {
        return new PeerNetConfig(
                cluster,
                self,
                others,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                peer -> Optional.ofNullable(addresses.get(peer)),
                limits);
    }

    Recorder start(ServerId self, ServerId... others) throws IOException {
        return start(Optional.empty(), self, others);
    }

    Recorder start(Optional<TlsSide> tls, ServerId self, ServerId... others) throws IOException {
        NettyPeerTransport transport = new NettyPeerTransport(config(self, Set.of(others), 0), tls);
        Recorder recorder = new Recorder(transport);
        recorders.add(recorder);
        transport.start(recorder);
        addresses.put(self, transport.address());
        return recorder;
    }

    void awaitComplaint(String part) {
        Await.until("complaint: " + part, () -> List.copyOf(log.list).stream()
                .anyMatch(event -> event.getFormattedMessage().contains(part)));
    }

    /** Lets time pass in which something must not happen. */
    static void passMillis(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        Await.until("time passes", () -> System.nanoTime() >= end);
    }

    static byte[] hello(String cluster, ServerId from, ServerId to) {
        ByteBuf bytes = Unpooled.buffer();
        Greeting.encode(new Greeting.Hello(cluster, from, to), bytes);
        return ByteBufUtil.getBytes(bytes);
    }

    @Override
    public void close() {
        recorders.forEach(Recorder::close);
        complaints().detachAppender(log);
    }

    /** Runs a transport and remembers what it tells. */
    static final class Recorder implements PeerTransport.Listener, AutoCloseable {
        private static final long WAIT_NANOS = 1_000_000_000;

        final NettyPeerTransport transport;
        volatile boolean processAtOnce = true;
        private final Map<ServerId, Long> links = new ConcurrentHashMap<>();
        private final List<PeerMessage> messages = new ArrayList<>();
        private final Thread runner;
        private int unprocessedBytes;
        private volatile boolean closing;

        Recorder(NettyPeerTransport transport) {
            this.transport = transport;
            runner = transport.thread("runs-a-transport", this::run);
            runner.start();
        }

        private void run() {
            while (!closing) {
                transport.run(WAIT_NANOS);
            }
            transport.close();
        }

        @Override
        public void close() {
            closing = true;
            transport.wakeUp();
            Await.until("the end of a transport", () -> !runner.isAlive());
        }

        void send(ServerId to, PeerMessage message) {
            transport.send(to, currentLink(to).orElseThrow(), message);
        }

        Optional<Long> currentLink(ServerId peer) {
            return Optional.ofNullable(links.get(peer));
        }

        long awaitLink(ServerId peer) {
            Await.until("a link to " + peer, () -> links.containsKey(peer));
            return currentLink(peer).orElseThrow();
        }

        void awaitEnd(ServerId peer, long generation) {
            Await.until(
                    "the end of link " + generation, () -> !currentLink(peer).equals(Optional.of(generation)));
        }

        void awaitMessages(int count) {
            Await.until(count + " messages", () -> messages().size() >= count);
        }

        synchronized List<PeerMessage> messages() {
            return List.copyOf(messages);
        }

        synchronized int unprocessedBytes() {
            return unprocessedBytes;
        }

        @Override
        public void connected(ServerId peer, long generation) {
            links.put(peer, generation);
        }

        @Override
        public void disconnected(ServerId peer, long generation) {
            links.remove(peer, generation);
        }

        @Override
        public synchronized void received(ServerId from, long generation, PeerMessage message, int bytes) {
            messages.add(message);
            if (processAtOnce) {
                transport.processed(from, generation, bytes);
            } else {
                unprocessedBytes += bytes;
            }
        }
    }
}
