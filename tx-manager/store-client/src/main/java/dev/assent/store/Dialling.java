package dev.assent.store;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * How a session speaks with servers, handed through the library, which carries settings only, to the socket that needs it.
 * Thread-safe.
 */
public abstract sealed class Dialling extends ZKClientConfig permits Dialling.Plain, TlsDialling {
    /** A connection with {@code server}, on a channel that is connected with it and does not block. */
    public abstract Wire wire(SocketChannel channel, InetSocketAddress server) throws IOException;

    /**
     * Why a connection with {@code server}, which had accepted it, came to nothing before there was a session.
     *
     * @return whether it was told
     */
    public abstract boolean failed(InetSocketAddress server, IOException why);

    /** A server has answered. */
    public abstract void worked();

    /** In plain text, where nothing but the network can fail; the library tells of that. */
    static final class Plain extends Dialling {
        @Override
        public Wire wire(SocketChannel channel, InetSocketAddress server) {
            return new PlainWire(channel);
        }

        @Override
        public boolean failed(InetSocketAddress server, IOException why) {
            return false;
        }

        @Override
        public void worked() {
            // Nothing was told of before.
        }
    }
}
