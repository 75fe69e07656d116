package dev.assent.coordination.server.config;

import dev.assent.coordination.model.ServerId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
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
 * @param insecure allows what is neither encrypted nor authenticated to listen beyond the loopback interface. There
 *     is no TLS yet, so a server off loopback needs it.
 */
public record ServerConfig(
        ServerId self,
        Timing timing,
        Storage storage,
        ClientAccess clients,
        SortedMap<ServerId, MemberConfig> members,
        boolean insecure) {

    public static final ServerId STANDALONE = new ServerId(0);
    public static final int CLIENT_PORT = 2181;
    public static final String INSECURE_KEY = "assent.insecure";

    public ServerConfig {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        if (!members.isEmpty() && !members.containsKey(self)) {
            throw new IllegalArgumentException("server " + self.value() + " is not one of the members");
        }
        if (!insecure) {
            requireLoopback("clientPortAddress", clients.address().getAddress());
            MemberConfig me = members.get(self);
            if (me != null && members.size() > 1) {
                requireLoopback("server." + self.value(), resolve(me.host()));
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
                false);
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
                false);
    }

    public ServerConfig withTiming(Timing newTiming) {
        ClientAccess access = clients.withTimeouts(SessionTimeouts.ofTicks(newTiming.tickMillis()));
        return new ServerConfig(self, newTiming, storage, access, members, insecure);
    }

    public ServerConfig withLimits(ClientLimits limits) {
        return new ServerConfig(self, timing, storage, clients.withLimits(limits), members, insecure);
    }

    /** With these four-letter words answered. */
    public ServerConfig withWords(Set<String> words) {
        return new ServerConfig(self, timing, storage, clients.withWords(words), members, insecure);
    }

    /** With a user who may do everything. */
    public ServerConfig withSuperDigest(SuperDigest digest) {
        return new ServerConfig(self, timing, storage, clients.withSuperDigest(digest), members, insecure);
    }

    public boolean isStandalone() {
        return members.isEmpty();
    }

    private static ClientAccess loopbackClients(int port, Timing timing) {
        return new ClientAccess(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
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

    private static void requireLoopback(String key, InetAddress address) {
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException(key + " would listen on " + address.getHostAddress()
                    + ", beyond this machine, and there is no TLS yet: use a loopback address, or set " + INSECURE_KEY
                    + "=true if the network is trusted");
        }
    }

    /** The members by id, as plain numbers: for messages. */
    public Map<ServerId, MemberConfig> peers() {
        SortedMap<ServerId, MemberConfig> others = new TreeMap<>(members);
        others.remove(self);
        return others;
    }
}
