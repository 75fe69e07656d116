package dev.assent.shop.demo.parts;

import dev.assent.shop.platform.DatabaseGreeting;
import dev.assent.shop.platform.TcpGate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Ways of the shop's processes that a drill can bar: from each service to its database and to each node, and from the order
 * service to the payment service. Set up before anything starts.
 */
public final class Detours implements AutoCloseable {
    /** Everybody goes straight. */
    public static final Detours NONE = new Detours(name -> List.of());

    private static final String HOST = "127.0.0.1:";

    /** What certificates call the gates before databases, which end TLS to read what is said. */
    private static final String GATES = "gates";

    private final Function<String, List<String>> prefixes;
    private final Map<String, TcpGate> databases = new HashMap<>();
    private final Map<String, TcpGate> services = new HashMap<>();

    /** By service, then by node. */
    private final Map<String, Map<String, TcpGate>> nodes = new HashMap<>();

    /** Where a node listens, and its name. */
    private final Map<String, String> addresses = new HashMap<>();

    private Detours(Function<String, List<String>> prefixes) {
        this.prefixes = prefixes;
    }

    /** {@code prefixes}: the words before a process's command. */
    public static Detours in(ShopLayout layout, Function<String, List<String>> prefixes) throws IOException {
        Detours detours = new Detours(prefixes);
        for (ShopLayout.Node node : layout.nodes()) {
            detours.addresses.put(HOST + node.port(), node.name());
        }
        for (String service : KillTarget.SERVICES) {
            detours.databases.put(
                    service,
                    TcpGate.to(
                            service.equals("order") ? layout.postgres1Port() : layout.postgres2Port(),
                            new DatabaseGreeting(
                                    layout.tls().other(GATES), layout.tls().service(service))));
            Map<String, TcpGate> ways = new HashMap<>();
            for (ShopLayout.Node node : layout.nodes()) {
                ways.put(node.name(), TcpGate.to(node.port()));
            }
            detours.nodes.put(service, ways);
        }
        detours.services.put("payment", TcpGate.to(layout.paymentPort()));
        return detours;
    }

    /** The way from that service to its database. */
    public TcpGate toDatabaseOf(String service) {
        return Optional.ofNullable(databases.get(service)).orElseThrow();
    }

    /** The services' ways to that node. */
    public List<TcpGate> toNode(String name) {
        return nodes.values().stream()
                .map(ways -> Optional.ofNullable(ways.get(name)).orElseThrow())
                .toList();
    }

    /** That service's ways to the nodes. */
    public List<TcpGate> toNodesOf(String service) {
        return List.copyOf(Optional.ofNullable(nodes.get(service)).orElseThrow().values());
    }

    /** The order service's way to that one. */
    public TcpGate toService(String service) {
        return Optional.ofNullable(services.get(service)).orElseThrow();
    }

    /** The URL that a service is given instead of its database's own. */
    public String database(String service, String url) {
        TcpGate gate = databases.get(service);
        return gate == null ? url : url.replaceFirst("//127\\.0\\.0\\.1:\\d+/", "//127.0.0.1:" + gate.port() + "/");
    }

    /** The address that the order service is given instead of that service's own. */
    public String service(String service, int port) {
        TcpGate gate = services.get(service);
        return HOST + (gate == null ? port : gate.port());
    }

    /** The targets that a service is given instead of the nodes' own. */
    public String targets(String service, String direct) {
        Map<String, TcpGate> ways = nodes.getOrDefault(service, Map.of());
        List<String> given = new ArrayList<>();
        for (String target : direct.split(",", -1)) {
            TcpGate gate = ways.get(addresses.getOrDefault(target, ""));
            given.add(gate == null ? target : HOST + gate.port());
        }
        return String.join(",", given);
    }

    public List<String> prefix(String name) {
        return prefixes.apply(name);
    }

    @Override
    public void close() {
        databases.values().forEach(TcpGate::close);
        services.values().forEach(TcpGate::close);
        nodes.values().forEach(ways -> ways.values().forEach(TcpGate::close));
    }
}
