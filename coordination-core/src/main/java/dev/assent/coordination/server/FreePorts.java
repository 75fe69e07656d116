package dev.assent.coordination.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Ports of the loopback address that nobody uses at the moment and that were not handed out before: for ensembles on
 * one machine, whose members must know each other's ports before they start. They lie below the range from which the
 * kernel takes ports of outgoing connections, so that none is lost to one before its server binds it.
 */
public final class FreePorts {
    private static final int FIRST = 15_000;
    private static final int END = 30_000;
    private static final int ATTEMPTS_MAX = 1_000;

    private final RandomGenerator random;
    private final Set<Integer> given = new HashSet<>();

    public FreePorts(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Picks one.
     *
     * @throws IOException no free port was found after many attempts
     */
    public synchronized int next() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int port = random.nextInt(FIRST, END);
            if (!given.contains(port) && isFree(port)) {
                given.add(port);
                return port;
            }
        }
        throw new IOException("found no free port of 127.0.0.1 in " + FIRST + ".." + (END - 1));
    }

    /**
     * Picks several, all different.
     *
     * @throws IOException no free port was found after many attempts
     */
    public List<Integer> next(int count) throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(next());
        }
        return List.copyOf(ports);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
