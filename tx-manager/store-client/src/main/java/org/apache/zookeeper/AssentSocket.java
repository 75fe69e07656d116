package org.apache.zookeeper;

import dev.assent.store.Dialling;
import dev.assent.store.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import javax.net.ssl.SSLException;
import org.apache.zookeeper.ClientCnxn.EndOfStreamException;
import org.apache.zookeeper.ClientCnxn.Packet;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library's connection, over our TLS or in plain text. The library takes certificates from files in forms of its own
 * only, and has no way to ask whether a server is a member of the store; and it sends each request by itself. What it does
 * have is a socket that can be chosen by its class's name, which has to be in the library's package (ADR 0013). All but
 * {@link #packetAdded}, {@link #onClosing} and the addresses belongs to the library's sending thread: a server that does
 * not go on with a handshake is left after the library's time for a connection, as one that does not answer.
 */
@NullMarked
final class AssentSocket extends ClientCnxnSocket {
    /** Requests that are sent together; a larger one is sent as it is. */
    private static final int TOGETHER_BYTES = 16 << 10;

    /** Answers that are taken before requests are looked at again. */
    private static final int ANSWERS_AT_ONCE = 256;

    private static final Logger LOG = LoggerFactory.getLogger(AssentSocket.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Dialling dialling;
    private final Selector selector = Selector.open();
    private final ByteBuffer together = ByteBuffer.allocate(TOGETHER_BYTES);
    /** Whether the sending thread waits, or is about to: otherwise it looks at the requests anyway before it does. */
    private volatile boolean isAsleep;

    private @Nullable Attempt attempt;
    private volatile @Nullable SocketAddress remote;
    private volatile @Nullable SocketAddress local;

    /** One connection, from the dialling on. */
    private static final class Attempt {
        final InetSocketAddress server;
        final SocketChannel channel;
        final SelectionKey key;

        @Nullable
        Wire wire;

        boolean isPrimed;
        boolean hasAsked;
        boolean hasMore;
        boolean isAllSent = true;
        ByteBuffer leaving = NOTHING;

        Attempt(InetSocketAddress server, SocketChannel channel, SelectionKey key) {
            this.server = server;
            this.channel = channel;
            this.key = key;
        }
    }

    AssentSocket(ZKClientConfig config) throws IOException {
        this.clientConfig = config;
        this.dialling = (Dialling) config;
        initProperties();
    }

    @Override
    boolean isConnected() {
        return attempt != null;
    }

    @Override
    void connect(InetSocketAddress server) throws IOException {
        initialized = false;
        lenBuffer.clear();
        incomingBuffer = lenBuffer;
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            boolean unused = channel.connect(server); // the first turn finishes it
            attempt = new Attempt(server, channel, key);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    void doTransport(int waitMillis, Queue<Packet> pending, ClientCnxn client) throws IOException {
        Attempt now = attempt;
        if (now == null) {
            return;
        }
        awaitNews(now, waitMillis);
        updateNow();
        Wire wire = secured(now);
        if (wire != null) {
            take(now, wire);
            now.isAllSent = send(now, wire, pending, client);
            now.key.interestOps(now.isAllSent ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    /** A request that comes after the look at the queue finds this thread asleep, and wakes it. */
    private void awaitNews(Attempt now, int waitMillis) throws IOException {
        isAsleep = true;
        if (now.hasMore || (initialized && now.isAllSent && !outgoingQueue.isEmpty())) {
            selector.selectNow();
        } else {
            selector.select(Math.max(1, waitMillis));
        }
        isAsleep = false;
        selector.selectedKeys().clear();
    }

    /** The wire once its handshake is done. What was heard during it is no sign of life of the store. */
    private @Nullable Wire secured(Attempt now) throws IOException {
        if (now.isPrimed) {
            return now.wire;
        }
        try {
            Wire wire = now.wire;
            if (wire == null) {
                if (!now.channel.finishConnect()) {
                    return null;
                }
                updateLastSendAndHeard();
                remote = now.channel.getRemoteAddress();
                local = now.channel.getLocalAddress();
                wire = dialling.wire(now.channel, now.server);
                now.wire = wire;
            }
            if (!wire.handshake()) {
                // A handshake that waits to be read by the peer is rare enough to be looked at again with the next
                // event.
                now.key.interestOps(wire.flush() ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
                return null;
            }
            now.isPrimed = true;
            sendThread.primeConnection();
            return wire;
        } catch (IOException e) {
            if (now.wire != null) {
                boolean unused = dialling.failed(now.server, e);
            }
            throw e;
        }
    }

    private void take(Attempt now, Wire wire) throws IOException {
        for (int answers = 0; answers < ANSWERS_AT_ONCE; ) {
            int taken;
            try {
                taken = wire.read(incomingBuffer);
            } catch (SSLException refused) {
                tellIfRefused(now, refused);
                throw refused;
            }
            if (taken < 0) {
                // As a server does that has no leader: no fault of TLS.
                throw new EndOfStreamException(
                        "the server has closed the connection of session 0x" + Long.toHexString(sessionId));
            }
            if (incomingBuffer.hasRemaining()) {
                now.hasMore = false;
                return;
            }
            answers += understand() ? 1 : 0;
        }
        now.hasMore = true;
    }

    /** A certificate that is refused is told of after the handshake, in place of the session. */
    private void tellIfRefused(Attempt now, SSLException why) {
        if (!initialized) {
            boolean unused = dialling.failed(now.server, why);
        }
    }

    /** What has come whole; whether it was more than a length. */
    @SuppressWarnings("ReferenceEquality") // which of its two buffers is being filled is how the library tells
    private boolean understand() throws IOException {
        incomingBuffer.flip();
        if (incomingBuffer == lenBuffer) {
            recvCount.getAndIncrement();
            readLength();
            return false;
        }
        if (initialized) {
            sendThread.readResponse(incomingBuffer);
        } else {
            readConnectResult();
            initialized = true;
            dialling.worked();
        }
        lenBuffer.clear();
        incomingBuffer = lenBuffer;
        updateLastHeard();
        return true;
    }

    /** Whether there is nothing left to send. */
    private boolean send(Attempt now, Wire wire, Queue<Packet> pending, ClientCnxn client) throws IOException {
        while (true) {
            if (now.leaving.hasRemaining()) {
                wire.write(now.leaving);
                if (now.leaving.hasRemaining()) {
                    return false;
                }
            }
            now.leaving = next(now, pending, client);
            if (!now.leaving.hasRemaining()) {
                return wire.flush();
            }
        }
    }

    /** Requests that wait, as many as go together. Before there is a session only the request for one. */
    private ByteBuffer next(Attempt now, Queue<Packet> pending, ClientCnxn client) {
        together.clear();
        while (initialized || !now.hasAsked) {
            Packet packet = outgoingQueue.poll();
            if (packet == null) {
                break;
            }
            now.hasAsked = true;
            ByteBuffer bytes = leaving(packet, pending, client);
            if (bytes.remaining() > together.remaining()) {
                return ByteBuffer.allocate(together.position() + bytes.remaining())
                        .put(together.flip())
                        .put(bytes)
                        .flip();
            }
            together.put(bytes);
        }
        return together.flip();
    }

    /** From here on an answer is awaited, and a lost connection told: the packet is in one of the two queues, always. */
    private ByteBuffer leaving(Packet packet, Queue<Packet> pending, ClientCnxn client) {
        updateLastSend();
        if (isAnswered(packet)) {
            packet.requestHeader.setXid(client.getXid());
            synchronized (pending) {
                pending.add(packet);
            }
        }
        packet.createBB();
        sentCount.getAndIncrement();
        return packet.bb;
    }

    private static boolean isAnswered(Packet packet) {
        return packet.requestHeader != null
                && packet.requestHeader.getType() != ZooDefs.OpCode.ping
                && packet.requestHeader.getType() != ZooDefs.OpCode.auth;
    }

    @Override
    void cleanup() {
        Attempt over = attempt;
        attempt = null;
        remote = null;
        local = null;
        if (over == null) {
            return;
        }
        over.key.cancel();
        try {
            if (over.wire == null) {
                over.channel.close();
            } else {
                over.wire.close();
            }
            selector.selectNow(); // lets go of the descriptor
        } catch (IOException e) {
            LOG.debug("closing a connection that is over anyway", e);
        }
    }

    @Override
    void close() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("closing a selector", e);
        }
    }

    @Override
    void packetAdded() {
        if (isAsleep) {
            selector.wakeup();
        }
    }

    @Override
    void onClosing() {
        selector.wakeup();
    }

    @Override
    @Nullable
    SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    @Nullable
    SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    void connectionPrimed() {
        // The turn that primed it sends as well.
    }

    @Override
    void testableCloseSocket() throws IOException {
        Attempt now = attempt;
        if (now != null) {
            now.channel.close();
        }
    }

    @Override
    void saslCompleted() {
        // Never begun: a certificate says who this is.
    }

    @Override
    void sendPacket(Packet packet) throws IOException {
        throw new IOException("SASL is not spoken over this connection");
    }
}
