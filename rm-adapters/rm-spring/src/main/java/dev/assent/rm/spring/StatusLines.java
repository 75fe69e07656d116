package dev.assent.rm.spring;

import dev.assent.tx.api.ServiceStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a transaction service stands on, as lines for people: mode, store and leader, where there are such. */
final class StatusLines {
    private StatusLines() {}

    static Map<String, String> of(ServiceStatus status) {
        Map<String, String> lines = new LinkedHashMap<>();
        if (status instanceof ServiceStatus.Embedded embedded) {
            lines.put("mode", "embedded: this process decides its own transactions");
            lines.put("store", embedded.store() + ", cluster " + embedded.cluster());
            lines.put("leader", "this process, as " + listed(embedded.epochs(), "nobody at the moment"));
        }
        if (status instanceof ServiceStatus.Remote remote) {
            lines.put("mode", "remote: coordinator nodes decide");
            lines.put(
                    "store",
                    "the nodes' own; reached are " + listed(targets(remote, true), "none") + "; not reached are "
                            + listed(targets(remote, false), "none"));
            lines.put("leader", listed(leaders(remote), "nobody at the moment"));
        }
        return lines;
    }

    private static List<String> targets(ServiceStatus.Remote remote, boolean reached) {
        return remote.nodes().stream()
                .filter(node -> node.reached() == reached)
                .map(ServiceStatus.Node::target)
                .toList();
    }

    private static List<String> leaders(ServiceStatus.Remote remote) {
        return remote.nodes().stream()
                .filter(node -> !node.leads().isEmpty())
                .map(node -> node.target() + " leads shard "
                        + node.leads().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                .toList();
    }

    private static String listed(List<String> things, String none) {
        return things.isEmpty() ? none : String.join(", ", things);
    }
}
