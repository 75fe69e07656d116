package dev.assent.tx.remote.agent;

import dev.assent.tx.api.Standing;
import dev.assent.tx.remote.wire.CanDecideRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the coordinator nodes stand on, as this agent sees it. Whether the store takes decisions is asked of a leader,
 * which a majority of the store must have convinced lately.
 */
final class NodeStandings {
    private final List<NodeLink> links;
    private final NodeDirectory directory;

    NodeStandings(List<NodeLink> links, NodeDirectory directory) {
        this.links = links;
        this.directory = directory;
    }

    Standing standing(Duration patience) {
        Map<NodeLink, Map<Integer, Integer>> leading = directory.leading();
        List<Standing.Node> nodes = new ArrayList<>();
        for (NodeLink link : links) {
            Map<Integer, Integer> led = leading.getOrDefault(link, Map.of());
            nodes.add(new Standing.Node(link.target(), leading.containsKey(link), List.copyOf(led.keySet())));
        }
        return new Standing.Remote(nodes, obstacle(leading, patience));
    }

    private Optional<String> obstacle(Map<NodeLink, Map<Integer, Integer>> leading, Duration patience) {
        if (leading.isEmpty() || directory.cluster().isEmpty()) {
            return Optional.of("no coordinator node is connected");
        }
        Optional<NodeLink> leader = leading.entrySet().stream()
                .filter(node -> !node.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .findFirst();
        if (leader.isEmpty()) {
            return Optional.of("no connected coordinator node leads");
        }
        return patience.isZero()
                ? Optional.empty()
                : ask(leader.get(), patience).map(why -> leader.get() + ": " + why);
    }

    private static Optional<String> ask(NodeLink leader, Duration patience) {
        try {
            String obstacle = leader.calls(patience)
                    .canDecide(CanDecideRequest.getDefaultInstance())
                    .getObstacle();
            return obstacle.isEmpty() ? Optional.empty() : Optional.of(obstacle);
        } catch (StatusRuntimeException failed) {
            return Optional.of("it does not answer within " + patience.toMillis() + " ms ("
                    + failed.getStatus().getCode() + ")");
        }
    }
}
