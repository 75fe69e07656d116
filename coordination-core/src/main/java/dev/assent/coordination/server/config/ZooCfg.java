package dev.assent.coordination.server.config;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.server.config.MemberConfig.ClientAddress;
import dev.assent.settings.SettingLine;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A ZooKeeper configuration file, read.
 *
 * <p>Three kinds of keys: those that mean here what they mean to ZooKeeper; those whose omission would change what the
 * operator relies on (security, quorum arithmetic), which are errors, and so is any unknown key whose name speaks of
 * such things; and the rest, known to be harmless or unknown, each answered with one warning. ZooKeeper accepts
 * unknown keys and repeated ones, of which the last counts. Keys of our own are known or an error, and given once.
 *
 * @param config what to start
 * @param warnings one line for each setting that has no effect
 */
public record ZooCfg(ServerConfig config, List<String> warnings) {

    private static final String SUPER_DIGEST_KEY = "DigestAuthenticationProvider.superDigest";

    /** Of keys that ZooKeeper does not have. */
    private static final String OWN_PREFIX = "assent.";

    /** No effect here, and nobody is less safe for it. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "reconfigEnabled",
            "localSessionsEnabled",
            "localSessionsUpgradingEnabled",
            "readonlymode.enabled",
            "serverCnxnFactory",
            "quorum.cnxn.threads.size",
            "globalOutstandingLimit",
            "preAllocSize",
            "electionAlg",
            "leaderServes",
            "cnxTimeout",
            "quorumListenOnAllIPs",
            "standaloneEnabled",
            "syncEnabled",
            "peerType",
            "connectToLearnerMasterLimit",
            "fsync.warningthresholdms",
            "digest.enabled",
            "clientPortListenBacklog",
            "version",
            "maxResponseCacheSize",
            "maxGetChildrenResponseCacheSize",
            "maxBatchSize",
            "flushDelay",
            "commitLogCount",
            "snapSizeLimitInKb",
            "txnLogSizeLimitInKb",
            "observerMasterPort",
            "multiAddress.enabled",
            "multiAddress.reachabilityCheckEnabled",
            "multiAddress.reachabilityCheckTimeoutMs");

    private static final List<String> PREFIXES_WITHOUT_EFFECT = List.of("admin.", "metricsProvider.", "jvm.pause.");
    private static final List<String> UNSUPPORTED_PREFIXES =
            List.of("ssl.", "quorum.", "authProvider.", "group.", "weight.", "sasl", "kerberos.", "jaas");
    /** An unknown key with one of these in its name, in whatever case, asks for safety that is not there. */
    private static final Set<String> ABOUT_SAFETY = Set.of(
            "ssl",
            "tls",
            "secure",
            "secret",
            "sasl",
            "kerberos",
            "jaas",
            "auth",
            "acl",
            "quorum",
            "fips",
            "keystore",
            "truststore",
            "password",
            "encrypt",
            "certificate");

    private static final Set<String> UNSUPPORTED = Set.of(
            "portUnification",
            "client.portUnification",
            "clientAuth",
            "dynamicConfigFile",
            "oraclePath",
            "requireClientAuthScheme",
            "enforce.auth.enabled",
            "enforce.auth.schemes",
            "sessionRequireClientSASLAuth");

    public ZooCfg {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads {@code file} and, where it lists an ensemble, the {@code myid} file in its dataDir.
     *
     * @param insecureByEnvironment whether the environment already allows listening beyond loopback
     */
    public static ZooCfg read(Path file, boolean insecureByEnvironment) throws SettingsException {
        return new Reader(Settings.read(file, "give the path of a zoo.cfg file")).read(insecureByEnvironment);
    }

    private static final class Reader {
        private final Settings settings;
        private final List<String> warnings = new ArrayList<>();

        Reader(Settings settings) {
            this.settings = settings;
        }

        ZooCfg read(boolean insecureByEnvironment) throws SettingsException {
            settings.refuseRepeated(key -> key.startsWith(OWN_PREFIX));
            boolean insecure = settings.flag(ServerConfig.INSECURE_KEY, false) || insecureByEnvironment;
            Timing timing = timing();
            Storage storage = storage();
            SortedMap<ServerId, MemberConfig> members = members();
            ServerId self = members.isEmpty() ? ServerConfig.STANDALONE : self(storage.dataDirectory(), members);
            SecureKeys secured = SecureKeys.read(settings, warnings);
            if (secured.links().isPresent() && secured.clients().isEmpty() && members.size() < 2) {
                warnings.add(settings.file() + ": the certificate secures nothing: name secureClientPort, too");
            }
            ClientAccess clients = clients(timing, Optional.ofNullable(members.get(self)), insecure, secured);
            setAsideTheRest();
            try {
                ServerConfig config =
                        new ServerConfig(self, timing, storage, clients, members, insecure, secured.links());
                config.inPlainText().forEach(what -> warnings.add(settings.file() + ": " + what));
                return new ZooCfg(config, warnings);
            } catch (IllegalArgumentException e) {
                throw new SettingsException(settings.file() + ": " + e.getMessage(), e);
            }
        }

        private Timing timing() throws SettingsException {
            return new Timing(
                    settings.number("tickTime", Timing.DEFAULT.tickMillis(), 10, 600_000),
                    settings.number("initLimit", Timing.DEFAULT.initLimitTicks(), 1, 10_000),
                    settings.number("syncLimit", Timing.DEFAULT.syncLimitTicks(), 1, 10_000));
        }

        private Storage storage() throws SettingsException {
            SettingLine data = settings.take("dataDir")
                    .orElseThrow(() -> new SettingsException(
                            settings.file() + ": dataDir is missing; add a line dataDir=/path/of/a/directory"));
            if (data.value().isBlank()) {
                throw data.wrong("give the path of a directory");
            }
            Path dataDirectory = Path.of(data.value());
            Path logDirectory = settings.take("dataLogDir")
                    .map(line -> Path.of(line.value()))
                    .orElse(dataDirectory);
            settings.takeAll(key -> key.startsWith("autopurge."));
            return new Storage(
                    dataDirectory,
                    logDirectory,
                    settings.number("snapCount", Storage.TRANSACTIONS_PER_SNAPSHOT, 2, Integer.MAX_VALUE));
        }

        private SortedMap<ServerId, MemberConfig> members() throws SettingsException {
            SortedMap<ServerId, MemberConfig> members = new TreeMap<>();
            for (SettingLine line : settings.takeAll(key -> key.startsWith(MemberLine.PREFIX))) {
                MemberConfig member = MemberLine.parse(line);
                if (members.putIfAbsent(member.id(), member) != null) {
                    throw line.wrong("server id " + member.id().value() + " is given twice; remove one of the two");
                }
            }
            boolean noVoter = members.values().stream().noneMatch(m -> m.voting() == MemberConfig.Voting.PARTICIPANT);
            if (!members.isEmpty() && noVoter) {
                throw new SettingsException(
                        settings.file() + ": every server.N line is an observer; at least one must be a participant");
            }
            return members;
        }

        private ServerId self(Path dataDirectory, SortedMap<ServerId, MemberConfig> members) throws SettingsException {
            Path myid = dataDirectory.resolve("myid");
            if (members.size() == 1 && !Files.exists(myid)) {
                return members.firstKey();
            }
            String ids = members.keySet().stream().map(id -> "" + id.value()).collect(Collectors.joining(", "));
            String text;
            try {
                text = Files.readString(myid).strip();
            } catch (IOException e) {
                throw new SettingsException(
                        settings.file() + ": " + myid + " cannot be read ("
                                + e.getClass().getSimpleName() + "); write this server's id, one of " + ids
                                + ", into it",
                        e);
            }
            try {
                ServerId self = new ServerId(Integer.parseInt(text));
                if (members.containsKey(self)) {
                    return self;
                }
            } catch (IllegalArgumentException e) {
                throw new SettingsException(
                        myid + ", line 1: '" + text + "' is not a server id; write one of " + ids + " into it", e);
            }
            throw new SettingsException(myid + ", line 1: server " + text + " has no line server." + text + " in "
                    + settings.file() + "; the ids there are " + ids);
        }

        private ClientAccess clients(Timing timing, Optional<MemberConfig> me, boolean insecure, SecureKeys secured)
                throws SettingsException {
            Optional<ClientAddress> fromMember = me.flatMap(MemberConfig::client);
            Optional<SettingLine> portLine = settings.line("clientPort");
            int port = settings.number(
                    "clientPort", fromMember.map(ClientAddress::port).orElse(ServerConfig.CLIENT_PORT), 0, 65_535);
            Optional<SettingLine> addressLine = settings.take("clientPortAddress");
            if (portLine.isPresent()) {
                refuseAnother(portLine.get(), "" + port, fromMember.map(ClientAddress::port));
            }
            if (addressLine.isPresent()) {
                refuseAnother(addressLine.get(), addressLine.get().value(), fromMember.flatMap(ClientAddress::host));
            }
            Optional<String> host =
                    addressLine.map(SettingLine::value).or(() -> fromMember.flatMap(ClientAddress::host));
            InetSocketAddress address = new InetSocketAddress(clientInterface(host, addressLine, insecure), port);
            Optional<SecureAccess> secure = secured.clients();
            // As with ZooKeeper: who names the secured port only wants no other.
            boolean plain = secure.isEmpty() || portLine.isPresent() || fromMember.isPresent();
            return new ClientAccess(
                    plain ? address : secure.get().address(),
                    plain,
                    secure,
                    limits(),
                    timeouts(timing),
                    words(isLoopback(address, plain) && isLoopback(secure)),
                    superDigest());
        }

        /** As ZooKeeper does: neither line says which of them is right. */
        private static void refuseAnother(SettingLine line, String here, Optional<?> ofMember)
                throws SettingsException {
            if (ofMember.isPresent() && !here.equals(ofMember.get().toString())) {
                throw line.wrong("this server's own server.N line says " + ofMember.get()
                        + " behind its semicolon; remove one of the two");
            }
        }

        private static boolean isLoopback(InetSocketAddress address, boolean used) {
            return !used || address.getAddress().isLoopbackAddress();
        }

        private static boolean isLoopback(Optional<SecureAccess> secure) {
            return secure.isEmpty() || isLoopback(secure.get().address(), true);
        }

        private static InetAddress clientInterface(Optional<String> host, Optional<SettingLine> line, boolean insecure)
                throws SettingsException {
            try {
                if (host.isPresent()) {
                    return InetAddress.getByName(host.get());
                }
                // ZooKeeper listens on every interface unless told otherwise; here only who asks for it does.
                return insecure ? new InetSocketAddress(0).getAddress() : InetAddress.getLoopbackAddress();
            } catch (UnknownHostException e) {
                String problem = "host '" + host.orElse("") + "' does not resolve; check the name or use an address";
                throw line.isPresent() ? line.get().wrong(problem) : new SettingsException(problem, e);
            }
        }

        private ClientLimits limits() throws SettingsException {
            ClientLimits standard = ClientLimits.DEFAULT;
            return standard.withFrameBytesMax(
                            settings.number("jute.maxbuffer", standard.frameBytesMax(), 1_024, 64 << 20))
                    .withConnections(
                            settings.number(
                                    "maxClientCnxns", standard.connectionsPerAddressMax(), 0, Integer.MAX_VALUE),
                            settings.number("maxCnxns", standard.connectionsMax(), 0, Integer.MAX_VALUE));
        }

        private SessionTimeouts timeouts(Timing timing) throws SettingsException {
            SessionTimeouts standard = SessionTimeouts.ofTicks(timing.tickMillis());
            int min = settings.number("minSessionTimeout", standard.minMillis(), -1, Integer.MAX_VALUE);
            int max = settings.number("maxSessionTimeout", standard.maxMillis(), -1, Integer.MAX_VALUE);
            int effectiveMin = min == -1 ? standard.minMillis() : min;
            int effectiveMax = max == -1 ? standard.maxMillis() : max;
            if (effectiveMin < 1 || effectiveMax < effectiveMin) {
                throw new SettingsException(settings.file() + ": minSessionTimeout=" + effectiveMin
                        + " must be positive and not above maxSessionTimeout=" + effectiveMax
                        + " (by default 2 and 20 ticks)");
            }
            return new SessionTimeouts(effectiveMin, effectiveMax);
        }

        private Optional<SuperDigest> superDigest() throws SettingsException {
            Optional<SettingLine> line = settings.take(SUPER_DIGEST_KEY);
            try {
                return line.map(SettingLine::value).map(SuperDigest::new);
            } catch (IllegalArgumentException e) {
                // Not the line itself: it may hold a password.
                SettingLine wrong = line.orElseThrow();
                throw wrong.wrongSecret("is " + e.getMessage());
            }
        }

        /** To other machines only as much is told unasked as ZooKeeper tells. */
        private Set<String> words(boolean loopback) throws SettingsException {
            Optional<SettingLine> line = settings.take("4lw.commands.whitelist");
            if (line.isEmpty()) {
                return loopback ? ClientAccess.CHEAP_WORDS : Set.of("srvr");
            }
            Set<String> wished = Arrays.stream(line.get().value().split(","))
                    .map(String::strip)
                    .filter(word -> !word.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            if (wished.contains("*")) {
                return ClientAccess.ALL_WORDS;
            }
            Set<String> missing = new TreeSet<>(wished);
            missing.removeAll(ClientAccess.ALL_WORDS);
            if (!missing.isEmpty()) {
                warn(line.get(), "names words that are not there: " + String.join(", ", missing));
                wished.removeAll(missing);
            }
            return wished;
        }

        private void setAsideTheRest() throws SettingsException {
            alwaysAs("skipACL", "no", "has no effect here: rights are always checked");
            for (SettingLine line : settings.takeAll(ZooCfg::isUnsupported)) {
                boolean off = line.value().equals("false");
                if (!off) {
                    // Passwords of key stores among them.
                    throw line.wrongSecret("not supported yet, and ignoring it could mislead you; remove the line");
                }
            }
            for (SettingLine line : settings.overridden()) {
                warn(line, "has no effect: a later line gives it again, and the last one counts");
            }
            for (SettingLine line : settings.takeAll(ZooCfg::isWithoutEffect)) {
                warn(line, "has no effect here");
            }
            alwaysAs("forceSync", "yes", "has no effect here: every write is synced before it is acknowledged");
            alwaysAs("extendedTypesEnabled", "true", "has no effect here: there always are TTL znodes");
            for (SettingLine line : settings.takeAll(key -> true)) {
                if (line.key().startsWith(OWN_PREFIX)) {
                    throw line.wrong("unknown key; check the spelling or remove the line");
                }
                warn(
                        line,
                        "is not known here and has no effect; if it is not of a newer ZooKeeper, check the spelling");
            }
        }

        /** The key may say what is so anyway. */
        private void alwaysAs(String key, String value, String why) {
            settings.take(key).filter(line -> !line.value().equals(value)).ifPresent(line -> warn(line, why));
        }

        private void warn(SettingLine line, String why) {
            warnings.add(line.file() + ", line " + line.number() + ": " + line.key() + " " + why);
        }
    }

    private static boolean isUnsupported(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return !isWithoutEffect(key)
                && (UNSUPPORTED.contains(key)
                        || UNSUPPORTED_PREFIXES.stream().anyMatch(key::startsWith)
                        || (!key.startsWith(OWN_PREFIX) && ABOUT_SAFETY.stream().anyMatch(lower::contains)));
    }

    private static boolean isWithoutEffect(String key) {
        return WITHOUT_EFFECT.contains(key) || PREFIXES_WITHOUT_EFFECT.stream().anyMatch(key::startsWith);
    }
}
