package dev.assent.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One connection of a client in plain text, on a channel that does not block. For one thread. */
final class PlainWire implements Wire {
    /** Answers are received so many bytes at a time, as small ones come together. */
    private static final int RECEIVED_AT_ONCE = 16 << 10;

    private final SocketChannel channel;
    /** To be read from. */
    private final ByteBuffer received = ByteBuffer.allocate(RECEIVED_AT_ONCE).limit(0);

    PlainWire(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public boolean handshake() {
        return true;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (received.hasRemaining()) {
            return move(target);
        }
        if (target.remaining() >= RECEIVED_AT_ONCE) {
            return channel.read(target);
        }
        received.clear();
        int came;
        try {
            came = channel.read(received);
        } finally {
            received.flip();
        }
        return came < 0 ? came : move(target);
    }

    private int move(ByteBuffer target) {
        int most = Math.min(received.remaining(), target.remaining());
        target.put(received.duplicate().limit(received.position() + most));
        received.position(received.position() + most);
        return most;
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
        channel.write(source);
    }

    @Override
    public boolean flush() {
        return true; // what was taken is sent
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
