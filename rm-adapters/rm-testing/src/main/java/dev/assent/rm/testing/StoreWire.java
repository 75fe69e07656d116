package dev.assent.rm.testing;

import dev.assent.tx.testing.TcpProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A way to a znode server on this machine that can be made to carry everything but writes, which then get no answer:
 * what a client sees of a store that reads and pings, and cannot agree on anything new.
 */
public final class StoreWire implements AutoCloseable {
    /** ZooKeeper's numbers of create, delete, setData, setACL, multi, create2, createContainer and createTTL. */
    private static final Set<Integer> WRITES = Set.of(1, 2, 5, 7, 14, 15, 19, 21);

    private static final int REQUEST_HEADER_BYTES = 8;

    private final TcpProxy proxy;
    private volatile boolean withholding;

    public StoreWire(String connect) throws IOException {
        int serverPort = Integer.parseInt(connect.substring(connect.indexOf(':') + 1));
        proxy = new TcpProxy(serverPort, this::passes, TcpProxy.Filter.NONE);
    }

    public String connect() {
        return proxy.address();
    }

    public void withholdWrites(boolean withhold) {
        withholding = withhold;
    }

    /** The first frame introduces the client, and has no number. */
    private boolean passes(Object connection, long number, ByteBuffer frame) {
        boolean write =
                number > 0 && frame.remaining() >= REQUEST_HEADER_BYTES && WRITES.contains(frame.getInt(Integer.BYTES));
        return !(withholding && write);
    }

    @Override
    public void close() throws IOException {
        proxy.close();
    }
}
