package dev.assent.admin.login;

import dev.assent.time.Clock;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many wrong tokens an address may show: {@link #BURST}, and one more every {@link #REFILL_MILLIS} ms. The same wrong
 * token again is no further guess: a script with an old token shuts out nobody beside it. On this machine, where all come from one
 * address, right ones are looked at all the same, as nobody can guess one. An IPv6 network of 64 bits counts as one address.
 * Thread-safe.
 */
final class FailedLogins {
    static final int BURST = 10;
    static final long REFILL_MILLIS = 5_000;
    /** Addresses remembered; of more, the one that failed longest ago is forgotten. */
    static final int ADDRESSES_MAX = 1_000;

    private static final int NETWORK_BYTES = 8;

    private final Clock clock;
    private final Map<String, Failures> byAddress = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > ADDRESSES_MAX;
        }
    };

    /** Counted up with each failure, and down with time. */
    private record Failures(long count, long atMillis, String last) {
        long countAt(long nowMillis) {
            return Math.max(0, count - (nowMillis - atMillis) / REFILL_MILLIS);
        }
    }

    FailedLogins(Clock clock) {
        this.clock = clock;
    }

    /** Whether tokens from there are not looked at now. */
    synchronized boolean isBlocked(InetAddress from) {
        Failures failures = byAddress.get(key(from));
        return failures != null && failures.countAt(clock.monotonicMillis()) >= BURST;
    }

    /** A token with that digest was wrong. */
    synchronized void failed(InetAddress from, String sha256) {
        String key = key(from);
        long now = clock.monotonicMillis();
        Failures before = byAddress.get(key);
        if (before == null) {
            byAddress.put(key, new Failures(1, now, sha256));
        } else if (!before.last().equals(sha256)) {
            byAddress.put(key, new Failures(before.countAt(now) + 1, now, sha256));
        }
    }

    synchronized int remembered() {
        return byAddress.size();
    }

    private static String key(InetAddress address) {
        return address instanceof Inet6Address six
                ? Arrays.toString(Arrays.copyOf(six.getAddress(), NETWORK_BYTES))
                : address.getHostAddress();
    }
}
