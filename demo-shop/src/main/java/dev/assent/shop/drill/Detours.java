package dev.assent.shop.drill;

import dev.assent.shop.platform.TcpGate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Ways of the shop's processes that a drill can bar: from each service to its database, and from all services to each node.
 * Set up before anything starts.
 */
final class Detours implements AutoCloseable {
    /** Everybody goes straight. */
    static final Detours NONE = new Detours(Map.of(), Map.of(), name -> List.of());

    private static final String HOST = "127.0.0.1:";

    private final Map<String, TcpGate> databases;
    private final Map<String, TcpGate> nodes;
    private final Function<String, List<String>> prefixes;
    private final Map<String, String> replaced = new HashMap<>();

    private Detours(
            Map<String, TcpGate> databases, Map<String, TcpGate> nodes, Function<String, List<String>> prefixes) {
        this.databases = databases;
        this.nodes = nodes;
        this.prefixes = prefixes;
    }

    /** {@code prefixes}: the words before a process's command. */
    static Detours in(ShopLayout layout, Function<String, List<String>> prefixes) throws IOException {
        Map<String, TcpGate> databases = new HashMap<>();
        for (String service : KillTarget.SERVICES) {
            databases.put(
                    service, TcpGate.to(service.equals("order") ? layout.postgres1Port() : layout.postgres2Port()));
        }
        Map<String, TcpGate> nodes = new HashMap<>();
        Detours detours = new Detours(databases, nodes, prefixes);
        for (ShopLayout.Node node : layout.nodes()) {
            TcpGate gate = TcpGate.to(node.port());
            nodes.put(node.name(), gate);
            detours.replaced.put(HOST + node.port(), HOST + gate.port());
        }
        return detours;
    }

    /** The way from that service to its database. */
    TcpGate toDatabaseOf(String service) {
        return Optional.ofNullable(databases.get(service)).orElseThrow();
    }

    /** The services' way to that node. */
    TcpGate toNode(String name) {
        return Optional.ofNullable(nodes.get(name)).orElseThrow();
    }

    /** The URL that a service is given instead of its database's own. */
    String database(String service, String url) {
        TcpGate gate = databases.get(service);
        return gate == null ? url : url.replaceFirst("//127\\.0\\.0\\.1:\\d+/", "//127.0.0.1:" + gate.port() + "/");
    }

    /** The targets that services are given instead of the nodes' own. */
    String targets(String direct) {
        List<String> ways = new ArrayList<>();
        for (String target : direct.split(",", -1)) {
            ways.add(replaced.getOrDefault(target, target));
        }
        return String.join(",", ways);
    }

    List<String> prefix(String name) {
        return prefixes.apply(name);
    }

    @Override
    public void close() {
        databases.values().forEach(TcpGate::close);
        nodes.values().forEach(TcpGate::close);
    }
}
