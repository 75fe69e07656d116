package dev.assent.tx.node;

import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingLine;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import dev.assent.store.StoreTls;
import dev.assent.tx.remote.host.AgentRules;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.spi.ShardTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads {@code node.properties}. */
public final class NodeProperties {
    private static final String LISTEN = "listen";
    private static final String CONNECT = "coordination.connect";
    private static final String CONNECT_TLS = "coordination.tls.";
    private static final String CONFIG = "coordination.config";
    private static final String DIRECTORY = "coordination.dataDir";
    private static final String INSECURE = "insecure";
    private static final String ADVERTISE = "node.advertise";
    private static final Duration QUICKEST = Duration.ofMillis(100);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Settings settings;

    private NodeProperties(Settings settings) {
        this.settings = settings;
    }

    /**
     * Reads {@code file}; paths in it are relative to its directory.
     *
     * @throws SettingsException the file cannot be read or says something wrong
     */
    public static NodeConfig read(Path file) throws SettingsException {
        return readAll(file).node();
    }

    /**
     * All that stands in the file.
     *
     * @param flight where the flight recorder writes; empty: it keeps in memory alone
     */
    record Parts(NodeConfig node, NodeAdminConfig admin, Optional<Path> flight) {}

    /** The same with how the node shows itself. */
    static Parts readAll(Path file) throws SettingsException {
        return new NodeProperties(Settings.read(file, "see 'assent node --help' for what stands in it")).parts();
    }

    private Parts parts() throws SettingsException {
        settings.refuseRepeated(key -> true);
        boolean insecure = settings.flag(INSECURE, false);
        Optional<TlsFiles> tls = TlsFiles.read(settings, "tls.");
        InetSocketAddress listen = listen(insecure || tls.isPresent());
        String name = settings.text("node.name").orElse("node-" + listen.getPort());
        OptionalInt shards = shards();
        NodeConfig.Membership membership = membership();
        NodeConfig.Timing timing = timing();
        NodeConfig.Coordination coordination = coordination();
        Optional<Path> acceptor = settings.text("acceptor.directory").map(settings::beside);
        AgentRules rules = AgentRules.read(settings);
        NodeAdminConfig admin = NodeAdminConfig.read(settings, insecure, tls);
        Optional<Path> flight = settings.text("flight.directory").map(settings::beside);
        settings.refuseOthers();
        try {
            return new Parts(
                    new NodeConfig(listen, name, shards, membership, coordination, timing, acceptor, tls, rules),
                    admin,
                    flight);
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(settings.file() + ": " + wrong.getMessage(), wrong);
        }
    }

    private OptionalInt shards() throws SettingsException {
        int absent = 0;
        int shards = settings.number("shards", absent, 1, ShardTable.SHARDS_MAX);
        return shards == absent ? OptionalInt.empty() : OptionalInt.of(shards);
    }

    private NodeConfig.Membership membership() throws SettingsException {
        NodeConfig.Membership standard = NodeConfig.Membership.STANDARD;
        Optional<SettingLine> advertise =
                settings.take(ADVERTISE).filter(line -> !line.value().isEmpty());
        if (advertise.isPresent() && !advertise.get().value().matches("\\S+:[0-9]{1,5}")) {
            throw advertise.get().wrong("give host:port");
        }
        return new NodeConfig.Membership(
                settings.number("node.weight", standard.weight(), 1, ShardBoard.Member.WEIGHT_MAX),
                advertise.map(SettingLine::value),
                settings.duration("peers.silence", standard.silence(), QUICKEST, Duration.ofMinutes(1)),
                settings.duration("drain.patience", standard.drainPatience(), Duration.ZERO, Duration.ofMinutes(10)));
    }

    private NodeConfig.Timing timing() throws SettingsException {
        Duration second = Duration.ofSeconds(1);
        return new NodeConfig.Timing(
                settings.duration("coordination.sessionTimeout", Duration.ofSeconds(4), second, Duration.ofMinutes(2)),
                settings.duration("transaction.timeoutMax", Duration.ofMinutes(10), second, Duration.ofDays(1)),
                settings.duration("transaction.patience", Duration.ofSeconds(30), QUICKEST, HOUR),
                settings.duration("recovery.interval", Duration.ofSeconds(2), QUICKEST, HOUR));
    }

    private NodeConfig.Coordination coordination() throws SettingsException {
        Optional<String> connect = settings.text(CONNECT);
        Optional<String> config = settings.text(CONFIG);
        Optional<String> directory = settings.text(DIRECTORY);
        if (Stream.of(connect, config, directory).filter(Optional::isPresent).count() > 1) {
            throw new SettingsException(settings.file() + ": give " + CONNECT + " (an ensemble that runs already) or "
                    + CONFIG + " (a server in this process) or " + DIRECTORY + " (a store of its own), and only one of"
                    + " them");
        }
        if (connect.isPresent()) {
            return existing(connect.get(), StoreTls.read(settings, CONNECT_TLS));
        }
        if (config.isPresent()) {
            return new NodeConfig.Coordination.Embedded(settings.beside(config.get()));
        }
        return new NodeConfig.Coordination.Standalone(settings.beside(directory.orElse("assent-data")));
    }

    private NodeConfig.Coordination existing(String connect, Optional<StoreTls> tls) throws SettingsException {
        try {
            return new NodeConfig.Coordination.Existing(connect, tls);
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(settings.file() + ": " + wrong.getMessage(), wrong);
        }
    }

    private InetSocketAddress listen(boolean mayListen) throws SettingsException {
        Optional<SettingLine> line =
                settings.take(LISTEN).filter(given -> !given.value().isEmpty());
        String text = line.map(SettingLine::value).orElse("127.0.0.1:7400");
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw wrong(line, "give host:port");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), port);
            refuseUnprotected(address, mayListen);
            return address;
        } catch (IllegalArgumentException notAPort) {
            throw wrong(line, "give host:port with a port of 0 to 65535");
        } catch (IOException unknownHost) {
            throw wrong(line, "give an address of this machine");
        }
    }

    private SettingsException wrong(Optional<SettingLine> line, String remedy) {
        return line.map(given -> given.wrong(remedy))
                .orElseGet(() -> new SettingsException(settings.file() + ": " + LISTEN + ": " + remedy));
    }

    private void refuseUnprotected(InetSocketAddress address, boolean mayListen) throws SettingsException {
        if (!address.getAddress().isLoopbackAddress() && !mayListen) {
            throw new SettingsException(settings.file() + ": " + LISTEN + " would accept services on " + address
                    + ", beyond this machine, without TLS: name tls.certificate, tls.key and tls.trust, use a"
                    + " loopback address, or set " + INSECURE
                    + "=true if the network between the services is trusted");
        }
    }
}
