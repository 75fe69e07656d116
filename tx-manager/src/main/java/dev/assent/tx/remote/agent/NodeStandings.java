package dev.assent.tx.remote.agent;

import dev.assent.tx.api.Standing;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the coordinator nodes stand on, as this agent sees it. Whether the store takes decisions is asked of a leader, by
 * a question that it can answer from the store only: how a transaction ended that never was, of a reign before its own.
 */
final class NodeStandings {
    /** Beyond the deadline of any record that was ever deleted, so that the answer is a definite one. */
    private static final long DEADLINE_EPOCH_MILLIS = Long.MAX_VALUE;

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
        Optional<ClusterId> cluster = directory.cluster();
        if (leading.isEmpty() || cluster.isEmpty()) {
            return Optional.of("no coordinator node is connected");
        }
        Optional<Map.Entry<NodeLink, Map<Integer, Integer>>> leader = leading.entrySet().stream()
                .filter(node -> !node.getValue().isEmpty())
                .findFirst();
        if (leader.isEmpty()) {
            return Optional.of("no connected coordinator node leads");
        }
        NodeLink node = leader.get().getKey();
        Map.Entry<Integer, Integer> reign =
                leader.get().getValue().entrySet().iterator().next();
        return patience.isZero()
                ? Optional.empty()
                : ask(node, neverBegun(cluster.get(), reign.getKey(), reign.getValue() - 1), patience)
                        .map(why -> node + ": " + why);
    }

    private static GlobalTxId neverBegun(ClusterId cluster, int shard, int epochBefore) {
        return new GlobalTxId(
                cluster,
                new EpochKey(Authority.SHARD_2PC, shard, 0),
                epochBefore,
                DEADLINE_EPOCH_MILLIS,
                new GlobalTxId.Unique(0, 0));
    }

    private static Optional<String> ask(NodeLink leader, GlobalTxId question, Duration patience) {
        try {
            Outcome outcome = Wire.outcome(leader.calls(patience)
                    .askOutcome(AskOutcomeRequest.newBuilder()
                            .setGtrid(Wire.gtrid(question))
                            .build()));
            return outcome instanceof Outcome.Unknown unknown ? Optional.of(unknown.cause()) : Optional.empty();
        } catch (StatusRuntimeException failed) {
            return Optional.of("it does not answer within " + patience.toMillis() + " ms ("
                    + failed.getStatus().getCode() + ")");
        }
    }
}
