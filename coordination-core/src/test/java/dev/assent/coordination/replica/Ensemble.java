package dev.assent.coordination.replica;

import dev.assent.coordination.model.ServerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Some members in one JVM, each with its own directory. */
final class Ensemble implements AutoCloseable {
    private final Path root;
    private final List<ServerId> members;
    private final Map<ServerId, InetSocketAddress> addresses = new ConcurrentHashMap<>();
    private final Map<ServerId, Node> running = new TreeMap<>();

    Ensemble(Path root, List<ServerId> members) {
        this.root = root;
        this.members = members;
    }

    /** Three, all of them serving: one that joins later may do so by a snapshot. */
    static Ensemble ofThree(Path root, Node.Settings settings) throws IOException {
        Ensemble ensemble = new Ensemble(root, List.of(new ServerId(1), new ServerId(2), new ServerId(3)));
        for (ServerId id : ensemble.members) {
            ensemble.start(id, settings);
        }
        for (Node node : ensemble.running()) {
            Await.until(node.id + " serves", node.ledger::isServing);
        }
        return ensemble;
    }

    Node start(ServerId id, Node.Settings settings) throws IOException {
        Node node = new Node(id, members, directory(id), peer -> Optional.ofNullable(addresses.get(peer)), settings);
        addresses.put(id, node.address());
        running.put(id, node);
        return node;
    }

    Path directory(ServerId id) {
        return root.resolve(id.toString());
    }

    void stop(Node node) throws IOException {
        running.remove(node.id);
        addresses.remove(node.id);
        node.close();
    }

    /** Waits for one. */
    Node leader() {
        Await.until("a leader serves", () -> running.values().stream().anyMatch(node -> node.ledger.isLeading()));
        return running.values().stream()
                .filter(node -> node.ledger.isLeading())
                .findFirst()
                .orElseThrow(() -> new AssertionError("the leader is gone again"));
    }

    Node follower() {
        Node leader = leader();
        return running.values().stream()
                .filter(node -> node != leader)
                .findFirst()
                .orElseThrow();
    }

    List<Node> running() {
        return List.copyOf(running.values());
    }

    /** Proposes a range through whoever leads, and waits until all running members have delivered it. */
    void proposeAndAwait(long first, long last) {
        Node leader = leader();
        int before = leader.ledger.size();
        for (long number = first; number <= last; number++) {
            leader.propose(number);
        }
        int expected = before + (int) (last - first + 1);
        for (Node node : running()) {
            Await.until(node.id + " has delivered " + expected, () -> node.ledger.size() >= expected);
        }
    }

    @Override
    public void close() throws IOException {
        for (Node node : running()) {
            stop(node);
        }
    }
}
