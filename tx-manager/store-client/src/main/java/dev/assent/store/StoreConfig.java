package dev.assent.store;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.client.ConnectStringParser;

/**
 * How to reach the store, and how long anything may take there.
 *
 * @param connectString {@code host:port,...}, optionally with a chroot
 * @param sessionTimeout how long the store keeps the session of a process that is silent; 1 to 600 seconds
 * @param connectTimeout how long a start waits for the first connection
 * @param requestTimeout how long a blocking request waits for its answer
 * @param credential who this is to the store; when given, znodes are created for that user only
 * @param order which server is tried first
 * @param tls how TLS is spoken with the store; empty: plain text is
 */
public record StoreConfig(
        String connectString,
        Duration sessionTimeout,
        Duration connectTimeout,
        Duration requestTimeout,
        Optional<Credential> credential,
        Order order,
        Optional<StoreTls> tls) {

    public StoreConfig {
        if (connectString.isBlank()) {
            throw new IllegalArgumentException("coordination.connect is empty: give host:port,... of the ensemble");
        }
        requireAddresses(connectString);
        requireBetween("session time-out", sessionTimeout, Duration.ofSeconds(1), Duration.ofSeconds(600));
        requireBetween("connect time-out", connectTimeout, Duration.ofMillis(1), Duration.ofMinutes(10));
        requireBetween("request time-out", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(10));
    }

    /** One that begins at any server, in plain text. */
    public StoreConfig(
            String connectString,
            Duration sessionTimeout,
            Duration connectTimeout,
            Duration requestTimeout,
            Optional<Credential> credential) {
        this(connectString, sessionTimeout, connectTimeout, requestTimeout, credential, Order.ANY, Optional.empty());
    }

    /** In which order servers are tried. */
    public enum Order {
        /** By chance, so that many clients spread over them. */
        ANY,
        /** As they are named. */
        NAMED
    }

    /** An open store with time-outs that suit one data centre. */
    public static StoreConfig of(String connectString) {
        return new StoreConfig(
                connectString, Duration.ofSeconds(8), Duration.ofSeconds(15), Duration.ofSeconds(15), Optional.empty());
    }

    public StoreConfig withSessionTimeout(Duration timeout) {
        return new StoreConfig(connectString, timeout, connectTimeout, requestTimeout, credential, order, tls);
    }

    public StoreConfig withConnectTimeout(Duration timeout) {
        return new StoreConfig(connectString, sessionTimeout, timeout, requestTimeout, credential, order, tls);
    }

    public StoreConfig withRequestTimeout(Duration timeout) {
        return new StoreConfig(connectString, sessionTimeout, connectTimeout, timeout, credential, order, tls);
    }

    public StoreConfig withCredential(Credential user) {
        return new StoreConfig(
                connectString, sessionTimeout, connectTimeout, requestTimeout, Optional.of(user), order, tls);
    }

    public StoreConfig withOrder(Order wanted) {
        return new StoreConfig(connectString, sessionTimeout, connectTimeout, requestTimeout, credential, wanted, tls);
    }

    /** The same over TLS, with the store's {@code secureClientPort}s. */
    public StoreConfig withTls(Optional<StoreTls> how) {
        return new StoreConfig(connectString, sessionTimeout, connectTimeout, requestTimeout, credential, order, how);
    }

    private static void requireAddresses(String connectString) {
        boolean named;
        try {
            List<InetSocketAddress> servers = new ConnectStringParser(connectString).getServerAddresses();
            named = !servers.isEmpty()
                    && servers.stream()
                            .noneMatch(server -> server.getHostString().isBlank());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(malformed(connectString) + " (" + e.getMessage() + ")", e);
        }
        if (!named) {
            throw new IllegalArgumentException(malformed(connectString));
        }
    }

    private static String malformed(String connectString) {
        return "coordination.connect '" + connectString
                + "' is not host:port,... with a chroot at its end or none; correct it";
    }

    private static void requireBetween(String what, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", not " + value);
        }
    }

    /**
     * Who a client is to the store; never printed but for the user's name.
     *
     * @param scheme the store's way to know users, as {@code digest}
     * @param secret what the scheme asks for; of {@code digest} it is {@code user:password}
     */
    public record Credential(String scheme, String secret) {
        private static final String DIGEST = "digest";

        public static Credential digest(String user, String password) {
            return new Credential(DIGEST, user + ":" + password);
        }

        @Override
        public String toString() {
            int colon = secret.indexOf(':');
            String user = scheme.equals(DIGEST) && colon >= 0 ? secret.substring(0, colon) : "";
            return scheme + ":" + user + ":(hidden)";
        }
    }
}
