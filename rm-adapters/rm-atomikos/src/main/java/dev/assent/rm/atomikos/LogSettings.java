package dev.assent.rm.atomikos;

import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreTls;
import java.time.Duration;
import java.util.Optional;

/**
 * What the replicated log is told by its surroundings.
 *
 * @param connect the ensemble's client addresses, {@code host:port,...}
 * @param logName the znode under {@code /assent/atomikos} that holds this log
 * @param tmUniqueName the name that Atomikos puts into every XID
 * @param auth {@code scheme:credentials} for the store; with it, znodes are readable and writable by their creator only
 * @param tls how TLS is spoken with the store; empty: plain text is
 * @param connectTimeout how long start-up waits for the ensemble
 * @param decisionTimeout how long a commit waits for the store before its outcome is reported as unknown
 * @param orphanAge how old an undecided branch of a live transaction must be before recovery tries to abort it
 */
record LogSettings(
        String connect,
        String logName,
        String tmUniqueName,
        Optional<String> auth,
        Optional<StoreTls> tls,
        Duration connectTimeout,
        Duration decisionTimeout,
        Duration orphanAge) {
    static final String CONNECT = "dev.assent.coordination.connect";
    static final String AUTH = "dev.assent.coordination.auth";
    static final String TLS = "dev.assent.coordination.tls.";
    static final String CONNECT_TIMEOUT = "dev.assent.coordination.connect_timeout";
    static final String ENABLED = "dev.assent.atomikos.enabled";
    static final String LOG = "dev.assent.atomikos.log";
    static final String DECISION_TIMEOUT = "dev.assent.atomikos.decision_timeout";
    static final String TM_UNIQUE_NAME = "com.atomikos.icatch.tm_unique_name";
    static final String MAX_TIMEOUT = "com.atomikos.icatch.max_timeout";

    /** How long one request may go unanswered on a connection; then another connection is opened and asks again. */
    static final Duration REQUEST_MAX = Duration.ofSeconds(5);

    /** Nothing in the log is ephemeral, so a session that expires costs nothing but time. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(15);

    private static final int CONNECT_TIMEOUT_MILLIS = 15_000;
    private static final int CONNECT_TIMEOUT_MAX_MILLIS = 600_000;
    private static final int TIMEOUT_MAX_MILLIS = Integer.MAX_VALUE;
    private static final int DECISION_TIMEOUT_MILLIS = 60_000;
    private static final int MAX_TIMEOUT_MILLIS = 300_000;
    private static final int NAME_LENGTH_MAX = 64;

    /** In plain text. */
    LogSettings(
            String connect,
            String logName,
            String tmUniqueName,
            Optional<String> auth,
            Duration connectTimeout,
            Duration decisionTimeout,
            Duration orphanAge) {
        this(connect, logName, tmUniqueName, auth, Optional.empty(), connectTimeout, decisionTimeout, orphanAge);
    }

    /**
     * Reads and checks the properties. Times are in milliseconds without a unit, as in all properties of Atomikos'.
     *
     * @param properties Atomikos' and the process's own; what is not named here is Atomikos' business
     * @param addressName the name Atomikos makes up from this machine's address when it is given none
     * @throws SettingsException names the property at fault and the remedy
     */
    static LogSettings from(Settings properties, String addressName) throws SettingsException {
        String connect = properties.required(
                CONNECT,
                "the ensemble's client addresses (host:port,host:port,...), in jta.properties or with -D; or set "
                        + ENABLED + "=false to keep Atomikos' own log");
        String tm = properties.text(TM_UNIQUE_NAME).orElse("");
        if (tm.isEmpty() || tm.equals(addressName)) {
            throw new SettingsException("the property " + TM_UNIQUE_NAME + " is not set: give this program a"
                    + " name of its own that stays the same over restarts; the name made up from its address ("
                    + addressName + ") does not find its branches again");
        }
        return new LogSettings(
                connect,
                nodeName(properties.text(LOG).orElse(tm)),
                tm,
                auth(properties),
                StoreTls.read(properties, TLS),
                millis(properties, CONNECT_TIMEOUT, CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MAX_MILLIS),
                millis(properties, DECISION_TIMEOUT, DECISION_TIMEOUT_MILLIS, TIMEOUT_MAX_MILLIS),
                millis(properties, MAX_TIMEOUT, MAX_TIMEOUT_MILLIS, TIMEOUT_MAX_MILLIS));
    }

    /** How this log reaches the store. */
    StoreConfig store() {
        return new StoreConfig(connect, SESSION_TIMEOUT, connectTimeout, REQUEST_MAX, auth.map(LogSettings::credential))
                .withTls(tls);
    }

    private static StoreConfig.Credential credential(String auth) {
        int colon = auth.indexOf(':');
        return new StoreConfig.Credential(auth.substring(0, colon), auth.substring(colon + 1));
    }

    private static String nodeName(String name) throws SettingsException {
        if (!name.matches("[A-Za-z0-9._:-]{1," + NAME_LENGTH_MAX + "}") || name.equals(".") || name.equals("..")) {
            throw new SettingsException("the property " + LOG + " (by default " + TM_UNIQUE_NAME + ") is '" + name
                    + "': use 1 to " + NAME_LENGTH_MAX + " of A-Z a-z 0-9 . _ : -");
        }
        return name;
    }

    private static Optional<String> auth(Settings properties) throws SettingsException {
        Optional<String> auth = properties.text(AUTH);
        if (auth.isPresent() && auth.orElseThrow().indexOf(':') < 1) {
            throw new SettingsException("the property " + AUTH + " has no scheme: write it as digest:user:password");
        }
        return auth;
    }

    private static Duration millis(Settings properties, String name, int otherwise, int max) throws SettingsException {
        return Duration.ofMillis(properties.number(name, otherwise, 1, max));
    }

    /** Without the credentials. */
    @Override
    public String toString() {
        return "log " + logName + " of " + tmUniqueName + " at " + connect + (auth.isPresent() ? " with auth" : "");
    }
}
