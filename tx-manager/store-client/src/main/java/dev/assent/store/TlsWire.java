package dev.assent.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * One connection of a client over TLS, on a channel that does not block. Nothing here waits: what cannot be done yet is
 * done at a later call. For one thread, which computes the handshake as well, so that this costs its own session only.
 */
final class TlsWire implements Wire {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** So many records are received with one call of the system at most. */
    private static final int RECORDS_AT_ONCE = 4;

    /**
     * Records without anything for the reader, one after another: a handshake is some ten, keys and tickets are few. A peer
     * that goes on with them would hold the thread for as long as it likes, as something has always come.
     */
    private static final int EMPTY_RECORDS_MAX = 200;

    private final SocketChannel channel;
    private final SSLEngine engine;
    /** From the peer, to be read from. */
    private final ByteBuffer received;
    /** To the peer, to be put into. */
    private final ByteBuffer unsent;
    /** Deciphered, to be read from. */
    private ByteBuffer plain;

    private int emptyRecords;
    private boolean established;
    private boolean ended;

    TlsWire(SocketChannel channel, SSLEngine engine) throws SSLException {
        this.channel = channel;
        this.engine = engine;
        int record = engine.getSession().getPacketBufferSize();
        received = ByteBuffer.allocate(RECORDS_AT_ONCE * record).limit(0);
        unsent = ByteBuffer.allocate(2 * record);
        plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .limit(0);
        engine.beginHandshake();
    }

    @Override
    public boolean handshake() throws IOException {
        while (!established) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    if (!flush()) {
                        return false;
                    }
                    wrap(NOTHING);
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!flush() || !unwrap()) {
                        return false;
                    }
                    if (ended) {
                        throw new IOException("the server has closed the connection during the handshake");
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> established = true;
            }
        }
        return flush();
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int before = target.remaining();
        while (target.hasRemaining()) {
            if (plain.hasRemaining()) {
                move(target);
            } else if (ended || !unwrap()) {
                break;
            }
        }
        int taken = before - target.remaining();
        return taken == 0 && before > 0 && ended ? -1 : taken;
    }

    private void move(ByteBuffer target) {
        int most = Math.min(plain.remaining(), target.remaining());
        target.put(plain.duplicate().limit(plain.position() + most));
        plain.position(plain.position() + most);
    }

    /** Deciphers a record, which need not hold anything for the reader; false if none is there. Only while plain is empty. */
    private boolean unwrap() throws IOException {
        while (true) {
            plain.clear();
            SSLEngineResult.Status status;
            try {
                status = engine.unwrap(received, plain).getStatus();
            } finally {
                plain.flip();
            }
            switch (status) {
                case OK -> {
                    emptyRecords = plain.hasRemaining() ? 0 : emptyRecords + 1;
                    if (emptyRecords > EMPTY_RECORDS_MAX) {
                        throw new SSLException("the server sends more than " + EMPTY_RECORDS_MAX
                                + " records one after another with nothing in them");
                    }
                    answer();
                    return true;
                }
                case CLOSED -> {
                    ended = true;
                    return true;
                }
                case BUFFER_OVERFLOW ->
                    plain = ByteBuffer.allocate(Math.max(
                                    2 * plain.capacity(), engine.getSession().getApplicationBufferSize()))
                            .limit(0);
                case BUFFER_UNDERFLOW -> {
                    if (!receive()) {
                        return ended;
                    }
                }
            }
        }
    }

    /** New keys are answered by new keys, once the handshake is over. */
    private void answer() throws IOException {
        while (established && engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        while (established
                && engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
                && (hasRoom() || flush())) {
            wrap(NOTHING);
        }
    }

    private boolean receive() throws IOException {
        received.compact();
        int came;
        try {
            came = channel.read(received);
        } finally {
            received.flip();
        }
        // An end that nobody announced: the requests of this protocol tell themselves whether they are whole.
        ended = came < 0;
        return came > 0;
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
        while (source.hasRemaining() && (hasRoom() || flush())) {
            wrap(source);
        }
    }

    private boolean hasRoom() {
        return unsent.remaining() >= engine.getSession().getPacketBufferSize();
    }

    private void wrap(ByteBuffer source) throws IOException {
        SSLEngineResult result = engine.wrap(source, unsent);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new IOException("the connection is closed");
        }
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new IOException("no record can be made: " + result);
        }
    }

    @Override
    public boolean flush() throws IOException {
        if (unsent.position() > 0) {
            unsent.flip();
            try {
                channel.write(unsent);
            } finally {
                unsent.compact();
            }
        }
        return unsent.position() == 0;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            engine.closeOutbound();
            if (established && flush()) {
                SSLEngineResult unused = engine.wrap(NOTHING, unsent);
                boolean told = flush();
                ended |= told;
            }
        }
    }
}
