package dev.assent.tx.node;

import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.spi.ShardTable;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads {@code node.properties}. */
public final class NodeProperties {
    private static final String LISTEN = "listen";
    private static final String NAME = "node.name";
    private static final String SHARDS = "shards";
    private static final String CONNECT = "coordination.connect";
    private static final String CONFIG = "coordination.config";
    private static final String DIRECTORY = "coordination.dataDir";
    private static final String SESSION = "coordination.sessionTimeoutMillis";
    private static final String TIMEOUT_MAX = "transaction.timeoutMaxMillis";
    private static final String PATIENCE = "transaction.patienceMillis";
    private static final String RECOVERY = "recovery.intervalMillis";
    private static final String INSECURE = "insecure";
    private static final String WEIGHT = "node.weight";
    private static final String ADVERTISE = "node.advertise";
    private static final String SILENT = "peers.silentMillis";
    private static final String DRAIN = "drain.patienceMillis";
    private static final String ACCEPTOR = "acceptor.directory";
    private static final Set<String> KNOWN = Set.of(
            LISTEN,
            NAME,
            SHARDS,
            WEIGHT,
            ADVERTISE,
            SILENT,
            DRAIN,
            ACCEPTOR,
            CONNECT,
            CONFIG,
            DIRECTORY,
            SESSION,
            TIMEOUT_MAX,
            PATIENCE,
            RECOVERY,
            INSECURE);

    private final Path file;
    private final Properties values;

    private NodeProperties(Path file, Properties values) {
        this.file = file;
        this.values = values;
    }

    /**
     * Reads {@code file}; paths in it are relative to its directory.
     *
     * @throws NodeConfigException the file cannot be read or says something wrong
     */
    public static NodeConfig read(Path file) throws NodeConfigException {
        Properties values = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            values.load(reader);
        } catch (NoSuchFileException missing) {
            throw new NodeConfigException(
                    file + " does not exist; see 'assent node --help' for what stands in it", missing);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new NodeConfigException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
        return new NodeProperties(file, values).config();
    }

    private NodeConfig config() throws NodeConfigException {
        refuseUnknownKeys();
        boolean insecure = isTrue(INSECURE);
        InetSocketAddress listen = listen(insecure);
        try {
            return new NodeConfig(
                    listen,
                    text(NAME).orElse("node-" + listen.getPort()),
                    shards(),
                    membership(),
                    coordination(),
                    timing(),
                    text(ACCEPTOR).map(this::beside));
        } catch (IllegalArgumentException wrong) {
            throw new NodeConfigException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    private OptionalInt shards() throws NodeConfigException {
        return text(SHARDS).isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of((int) number(SHARDS, 1, 1, ShardTable.SHARDS_MAX));
    }

    private NodeConfig.Membership membership() throws NodeConfigException {
        NodeConfig.Membership standard = NodeConfig.Membership.STANDARD;
        Optional<String> advertise = text(ADVERTISE);
        if (advertise.isPresent() && !advertise.get().matches("\\S+:[0-9]{1,5}")) {
            throw wrong(ADVERTISE, advertise.get(), "host:port");
        }
        return new NodeConfig.Membership(
                (int) number(WEIGHT, standard.weight(), 1, ShardBoard.Member.WEIGHT_MAX),
                advertise,
                millis(SILENT, standard.silence().toMillis(), 100, 60_000),
                millis(DRAIN, standard.drainPatience().toMillis(), 0, 600_000));
    }

    private NodeConfig.Timing timing() throws NodeConfigException {
        return new NodeConfig.Timing(
                millis(SESSION, 4_000, 1_000, 120_000),
                millis(TIMEOUT_MAX, 600_000, 1_000, 86_400_000),
                millis(PATIENCE, 30_000, 100, 3_600_000),
                millis(RECOVERY, 2_000, 100, 3_600_000));
    }

    private void refuseUnknownKeys() throws NodeConfigException {
        Set<String> unknown = new TreeSet<>(values.stringPropertyNames());
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw new NodeConfigException(
                    file + ": unknown key '" + unknown.iterator().next() + "'; the keys are " + new TreeSet<>(KNOWN));
        }
    }

    private NodeConfig.Coordination coordination() throws NodeConfigException {
        Optional<String> connect = text(CONNECT);
        Optional<String> config = text(CONFIG);
        Optional<String> directory = text(DIRECTORY);
        if (Stream.of(connect, config, directory).filter(Optional::isPresent).count() > 1) {
            throw new NodeConfigException(file + ": give " + CONNECT + " (an ensemble that runs already) or " + CONFIG
                    + " (a server in this process) or " + DIRECTORY + " (a store of its own), and only one of them");
        }
        if (connect.isPresent()) {
            return new NodeConfig.Coordination.Existing(connect.get());
        }
        if (config.isPresent()) {
            return new NodeConfig.Coordination.Embedded(beside(config.get()));
        }
        return new NodeConfig.Coordination.Standalone(beside(directory.orElse("assent-data")));
    }

    private Path beside(String path) {
        Path directory = file.toAbsolutePath().getParent();
        return directory == null ? Path.of(path) : directory.resolve(path);
    }

    private InetSocketAddress listen(boolean insecure) throws NodeConfigException {
        String text = text(LISTEN).orElse("127.0.0.1:7400");
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw wrong(LISTEN, text, "host:port");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), port);
            refuseUnprotected(address, insecure);
            return address;
        } catch (IllegalArgumentException notAPort) {
            throw wrong(LISTEN, text, "host:port with a port of 0 to 65535");
        } catch (IOException unknownHost) {
            throw wrong(LISTEN, text, "an address of this machine");
        }
    }

    /** A slip of the pen means neither. */
    private boolean isTrue(String key) throws NodeConfigException {
        String text = text(key).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw wrong(key, text, "true or false");
        }
        return text.equals("true");
    }

    private void refuseUnprotected(InetSocketAddress address, boolean insecure) throws NodeConfigException {
        if (!address.getAddress().isLoopbackAddress() && !insecure) {
            throw new NodeConfigException(file + ": " + LISTEN + " would accept services on " + address
                    + ", beyond this machine, and there is no TLS yet: use a loopback address, or set " + INSECURE
                    + "=true if the network between the services is trusted");
        }
    }

    private Duration millis(String key, long standard, long min, long max) throws NodeConfigException {
        return Duration.ofMillis(number(key, standard, min, max));
    }

    private long number(String key, long standard, long min, long max) throws NodeConfigException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return standard;
        }
        try {
            long value = Long.parseLong(text.get());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            throw new NodeConfigException(
                    file + ": " + key + "=" + text.get() + " is not a number of " + min + " to " + max, notANumber);
        }
        throw wrong(key, text.get(), "a number of " + min + " to " + max);
    }

    private NodeConfigException wrong(String key, String value, String expected) {
        return new NodeConfigException(file + ": " + key + "=" + value + " is not " + expected);
    }

    private Optional<String> text(String key) {
        return Optional.ofNullable(values.getProperty(key)).map(String::trim).filter(text -> !text.isEmpty());
    }
}
