package dev.assent.coordination.server.config;

import dev.assent.coordination.model.ServerId;
import dev.assent.security.CredentialFiles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything one server needs to know.
 *
 * @param self this server; id 0 and no members at all for a standalone server
 * @param members the whole ensemble by id, this server included; empty when standalone
 * @param insecure allows what is neither encrypted nor authenticated to listen beyond the loopback interface
 * @param links what this member shows to the others and whom it trusts, if the links between them are secured
 */
public record ServerConfig(
        ServerId self,
        Timing timing,
        Storage storage,
        ClientAccess clients,
        SortedMap<ServerId, MemberConfig> members,
        boolean insecure,
        Optional<CredentialFiles> links) {

    public static final ServerId STANDALONE = new ServerId(0);
    public static final int CLIENT_PORT = 2181;
    public static final String INSECURE_KEY = "assent.insecure";

    private static final String SECURE_CLIENTS = "set secureClientPort instead of clientPort";
    private static final String SECURE_LINKS =
            "name assent.tls.certificate, assent.tls.key and assent.tls.trust (docs/security.md)";

    public ServerConfig {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        if (!members.isEmpty() && !members.containsKey(self)) {
            throw new IllegalArgumentException("server " + self.value() + " is not one of the members");
        }
        if (!insecure) {
            if (clients.plain()) {
                requireLoopback("clientPortAddress", clients.address().getAddress(), SECURE_CLIENTS);
            }
            MemberConfig me = members.get(self);
            if (me != null && members.size() > 1 && links.isEmpty()) {
                requireLoopback("server." + self.value(), resolve(me.host()), SECURE_LINKS);
            }
        }
    }

    /** A standalone server on the loopback interface; port 0 takes any free port. */
    public static ServerConfig standalone(Path directory, int clientPort) {
        return new ServerConfig(
                STANDALONE,
                Timing.DEFAULT,
                Storage.in(directory),
                loopbackClients(clientPort, Timing.DEFAULT),
                new TreeMap<>(),
                false,
                Optional.empty());
    }

    /** A member of an ensemble whose members all are on this machine. */
    public static ServerConfig member(int self, List<MemberConfig> members, Path directory, int clientPort) {
        SortedMap<ServerId, MemberConfig> byId = new TreeMap<>();
        members.forEach(member -> byId.put(member.id(), member));
        return new ServerConfig(
                new ServerId(self),
                Timing.DEFAULT,
                Storage.in(directory),
                loopbackClients(clientPort, Timing.DEFAULT),
                byId,
                false,
                Optional.empty());
    }

    public ServerConfig withTiming(Timing newTiming) {
        ClientAccess access = clients.withTimeouts(SessionTimeouts.ofTicks(newTiming.tickMillis()));
        return new ServerConfig(self, newTiming, storage, access, members, insecure, links);
    }

    public ServerConfig withLimits(ClientLimits limits) {
        return new ServerConfig(self, timing, storage, clients.withLimits(limits), members, insecure, links);
    }

    /** With these four-letter words answered. */
    public ServerConfig withWords(Set<String> words) {
        return new ServerConfig(self, timing, storage, clients.withWords(words), members, insecure, links);
    }

    /** With a user who may do everything. */
    public ServerConfig withSuperDigest(SuperDigest digest) {
        return new ServerConfig(self, timing, storage, clients.withSuperDigest(digest), members, insecure, links);
    }

    /** With clients over TLS too. */
    public ServerConfig withSecureClients(SecureAccess access) {
        return new ServerConfig(self, timing, storage, clients.withSecure(access), members, insecure, links);
    }

    /** With the links between the members secured. */
    public ServerConfig withSecureLinks(CredentialFiles credentials) {
        return new ServerConfig(self, timing, storage, clients, members, insecure, Optional.of(credentials));
    }

    public boolean isStandalone() {
        return members.isEmpty();
    }

    private static ClientAccess loopbackClients(int port, Timing timing) {
        return new ClientAccess(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                true,
                Optional.empty(),
                ClientLimits.DEFAULT,
                SessionTimeouts.ofTicks(timing.tickMillis()),
                ClientAccess.CHEAP_WORDS,
                Optional.empty());
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host " + host + " does not resolve; check the name or use an address");
        }
    }

    private static void requireLoopback(String key, InetAddress address, String remedy) {
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException(key + " would listen on " + address.getHostAddress()
                    + ", beyond this machine, without TLS: " + remedy + ", use a loopback address, or set "
                    + INSECURE_KEY
                    + "=true if the network is trusted");
        }
    }

    /** What is served to other machines without TLS, because that was asked for: a line each. */
    public List<String> inPlainText() {
        List<String> lines = new ArrayList<>();
        if (clients.plain() && !clients.address().getAddress().isLoopbackAddress()) {
            lines.add("clients on " + clients.address().getAddress().getHostAddress() + ":"
                    + clients.address().getPort() + " are served WITHOUT encryption and certificates, as "
                    + INSECURE_KEY
                    + " says; secureClientPort serves them with both");
        }
        MemberConfig me = members.get(self);
        if (me != null
                && members.size() > 1
                && links.isEmpty()
                && !resolve(me.host()).isLoopbackAddress()) {
            lines.add("links between members on " + me.host() + ":" + me.peerPort()
                    + " are WITHOUT encryption and certificates, as " + INSECURE_KEY + " says; " + SECURE_LINKS);
        }
        return lines;
    }

    /** The members by id, as plain numbers: for messages. */
    public Map<ServerId, MemberConfig> peers() {
        SortedMap<ServerId, MemberConfig> others = new TreeMap<>(members);
        others.remove(self);
        return others;
    }
}
