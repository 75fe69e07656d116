package dev.assent.tx.remote.agent;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A service as an acceptor of three-phase transactions.
 *
 * @param directory its log, which must outlive the process: an acceptor that has lost it is another one
 * @param listen where others ask it; port 0 takes a free one, and then those who kept its address do not find it when it
 *     starts again
 * @param advertise {@code host:port} that others reach it at; empty: as it listens
 * @param insecure may listen beyond this machine, without TLS, as the network between services is trusted
 */
public record AcceptorConfig(Path directory, InetSocketAddress listen, Optional<String> advertise, boolean insecure) {
    public AcceptorConfig {
        if (listen.isUnresolved()) {
            throw new IllegalArgumentException("the acceptor's address " + listen + " is none of this machine");
        }
    }

    /**
     * To be called before it listens.
     *
     * @throws IllegalArgumentException it would, beyond this machine and in plain text, unasked
     */
    void requireLoopbackUnless(boolean secured) {
        if (!secured && !insecure && !listen.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("the acceptor would listen on " + listen
                    + ", beyond this machine, without TLS: name certificate, key and trust, use a loopback address, or"
                    + " say insecure if the network between the services is trusted");
        }
    }

    /** On this machine only. */
    public AcceptorConfig(Path directory, InetSocketAddress listen) {
        this(directory, listen, Optional.empty(), false);
    }
}
