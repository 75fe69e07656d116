package dev.assent.rm.atomikos;

import dev.assent.tx.testing.TcpProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a znode server that can be made to carry requests but no answers, and to be cut. */
final class LossyLink implements AutoCloseable {
    private static final int PING_XID = -2;

    private final TcpProxy proxy;
    private final Set<Object> mute = ConcurrentHashMap.newKeySet();
    private volatile boolean swallowAnswers;

    LossyLink(int serverPort) throws IOException {
        proxy = new TcpProxy(serverPort, TcpProxy.Filter.NONE, this::passes);
    }

    String connect() {
        return proxy.address();
    }

    /** From now on the server hears, and nobody hears the server. */
    void swallowAnswers() {
        swallowAnswers = true;
    }

    /** From now on clients that are connected hear the server's answers to pings and nothing else; later ones hear all. */
    void answerPingsOnly() {
        mute.addAll(proxy.connections());
    }

    /** Ends all connections and takes no new ones. */
    void cut() {
        proxy.shut();
    }

    void restore() {
        swallowAnswers = false;
        proxy.open();
    }

    /** An answer begins with the number of the request that it answers. */
    private boolean passes(Object connection, long number, ByteBuffer answer) {
        boolean ping = answer.getInt(0) == PING_XID;
        return !swallowAnswers && (ping || !mute.contains(connection));
    }

    @Override
    public void close() throws IOException {
        proxy.close();
    }
}
