package dev.assent.coordination.net.client;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections, in all and by address. Used from all event loops. */
final class ConnectionCensus {
    private final int perAddressMax;
    private final int inAllMax;
    private final int descriptorsMax;
    private final AtomicInteger inAll = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    ConnectionCensus(ListenerLimits.Connections limits) {
        this.perAddressMax = limits.perAddressMax() == 0 ? Integer.MAX_VALUE : limits.perAddressMax();
        this.inAllMax = limits.inAllMax() == 0 ? Integer.MAX_VALUE : limits.inAllMax();
        this.descriptorsMax = limits.descriptorsMax();
    }

    /** Counts a connection in; what it returns is why there is one too many. Always followed by {@link #left}. */
    Optional<String> entered(InetAddress address) {
        int here = byAddress.merge(address, 1, Integer::sum);
        int all = inAll.incrementAndGet();
        if (here > perAddressMax) {
            return Optional.of("more than maxClientCnxns=" + perAddressMax + " connections from this address");
        }
        if (all > inAllMax) {
            return Optional.of("more than maxCnxns=" + inAllMax + " connections");
        }
        return all > descriptorsMax
                ? Optional.of("more than the " + descriptorsMax
                        + " connections that this process has descriptors for; raise its limit (ulimit -n)")
                : Optional.empty();
    }

    void left(InetAddress address) {
        inAll.decrementAndGet();
        byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    int connections() {
        return inAll.get();
    }
}
