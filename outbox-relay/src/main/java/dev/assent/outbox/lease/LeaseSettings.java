package dev.assent.outbox.lease;

import dev.assent.store.StoreConfig;
import dev.assent.store.StoreTls;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where and as whom a relay instance takes part.
 *
 * @param connect ZooKeeper connect string, {@code host:port,...}
 * @param relay name shared by all instances of one relay
 * @param instance name of this instance, unique among the live ones
 * @param session after how much silence the store gives this instance's shards away
 * @param credentials digest credentials {@code user:password}; with them, the nodes are for their owner only
 * @param tls how TLS is spoken with the ensemble; empty: plain text is
 */
public record LeaseSettings(
        String connect,
        String relay,
        String instance,
        Duration session,
        Optional<Credentials> credentials,
        Optional<StoreTls> tls) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    public LeaseSettings {
        if (connect.isBlank()) {
            throw new IllegalArgumentException("coordination.connect is missing: name the ensemble as host:port,...");
        }
        check("relay.name", relay);
        check("relay.instance", instance);
        if (session.toMillis() < 1000 || session.toMillis() > 600_000) {
            throw new IllegalArgumentException("the session time-out is " + session + "; it must be 1 s to 10 min");
        }
    }

    /** In plain text. */
    public LeaseSettings(
            String connect, String relay, String instance, Duration session, Optional<Credentials> credentials) {
        this(connect, relay, instance, session, credentials, Optional.empty());
    }

    /** How long a request may go unanswered, if the session does not end before. */
    private static final Duration REQUEST_MAX = Duration.ofSeconds(5);

    /** How many session time-outs the first connection may take, and at most how long. */
    private static final int CONNECT_SESSIONS_MAX = 3;

    private static final Duration CONNECT_MAX = Duration.ofMinutes(10);

    /** How this instance reaches the store. */
    StoreConfig store() {
        Duration connecting = session.multipliedBy(CONNECT_SESSIONS_MAX);
        return new StoreConfig(
                        connect,
                        session,
                        connecting.compareTo(CONNECT_MAX) < 0 ? connecting : CONNECT_MAX,
                        session.compareTo(REQUEST_MAX) < 0 ? session : REQUEST_MAX,
                        credentials.map(secret -> new StoreConfig.Credential("digest", secret.userAndPassword())))
                .withTls(tls);
    }

    /** A secret that does not print itself. */
    public record Credentials(String userAndPassword) {
        public Credentials {
            if (userAndPassword.indexOf(':') < 1) {
                throw new IllegalArgumentException("coordination credentials must be user:password");
            }
        }

        @Override
        public String toString() {
            return "(secret)";
        }
    }

    private static void check(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " is \"" + name + "\"; use letters, digits, dot, dash and underscore, at most 128");
        }
    }
}
