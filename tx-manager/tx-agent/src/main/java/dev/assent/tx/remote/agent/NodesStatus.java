package dev.assent.tx.remote.agent;

import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.remote.wire.CanDecideReply;
import dev.assent.tx.remote.wire.CanDecideRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * What the coordinator nodes stand on, as this agent sees it. Whether the store takes decisions is asked of the
 * leaders, one of which a majority of the store must have convinced lately.
 */
final class NodesStatus {
    private final List<NodeLink> links;
    private final NodeDirectory directory;

    NodesStatus(List<NodeLink> links, NodeDirectory directory) {
        this.links = links;
        this.directory = directory;
    }

    ServiceStatus status(Duration patience) {
        Map<NodeLink, Map<Integer, Integer>> leading = directory.leading();
        List<ServiceStatus.Node> nodes = new ArrayList<>();
        for (NodeLink link : links) {
            Map<Integer, Integer> led = leading.getOrDefault(link, Map.of());
            nodes.add(new ServiceStatus.Node(link.target(), leading.containsKey(link), List.copyOf(led.keySet())));
        }
        return new ServiceStatus.Remote(nodes, obstacle(leading, patience));
    }

    private Optional<String> obstacle(Map<NodeLink, Map<Integer, Integer>> leading, Duration patience) {
        if (leading.isEmpty() || directory.cluster().isEmpty()) {
            return Optional.of("no coordinator node is connected");
        }
        List<NodeLink> leaders = leading.entrySet().stream()
                .filter(node -> !node.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        if (leaders.isEmpty()) {
            return Optional.of("no connected coordinator node leads");
        }
        return patience.isZero() ? Optional.empty() : new Inquiry(leaders, patience).obstacle();
    }

    /** Asks all leaders at once whether they could decide now; one that can is enough. */
    private static final class Inquiry {
        private final List<NodeLink> leaders;
        private final Duration patience;
        /** Completes with the first that can, or when none can. */
        private final CompletableFuture<Boolean> canDecide = new CompletableFuture<>();
        // Guarded by this.
        private final Map<NodeLink, String> obstacles = new HashMap<>();

        Inquiry(List<NodeLink> leaders, Duration patience) {
            this.leaders = leaders;
            this.patience = patience;
        }

        Optional<String> obstacle() {
            leaders.forEach(leader ->
                    leader.asking(patience).canDecide(CanDecideRequest.getDefaultInstance(), new Answer(leader)));
            return awaitOne() ? Optional.empty() : Optional.of(reasons());
        }

        private boolean awaitOne() {
            try {
                return canDecide.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } catch (ExecutionException | TimeoutException silent) {
                return false;
            }
        }

        private synchronized void cannot(NodeLink leader, String why) {
            obstacles.put(leader, why);
            if (obstacles.size() == leaders.size()) {
                canDecide.complete(false);
            }
        }

        private synchronized String reasons() {
            return leaders.stream()
                    .map(leader -> leader + ": "
                            + obstacles.getOrDefault(
                                    leader, "it does not answer within " + patience.toMillis() + " ms"))
                    .collect(Collectors.joining("; "));
        }

        /** One leader's. */
        private final class Answer implements StreamObserver<CanDecideReply> {
            private final NodeLink leader;

            Answer(NodeLink leader) {
                this.leader = leader;
            }

            @Override
            public void onNext(CanDecideReply reply) {
                if (reply.getObstacle().isEmpty()) {
                    canDecide.complete(true);
                } else {
                    cannot(leader, reply.getObstacle());
                }
            }

            @Override
            public void onError(Throwable failed) {
                cannot(
                        leader,
                        "it does not answer within " + patience.toMillis() + " ms ("
                                + Status.fromThrowable(failed).getCode() + ")");
            }

            @Override
            public void onCompleted() {
                // The answer has come before.
            }
        }
    }
}
