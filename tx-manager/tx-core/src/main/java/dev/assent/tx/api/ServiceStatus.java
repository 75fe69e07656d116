package dev.assent.tx.api;

import java.util.List;
import java.util.Optional;

/** What a {@link TransactionService} stands on at one moment: for health checks, and for people. */
public sealed interface ServiceStatus {

    /** Why no decision can be written now, in words for an operator; empty if one can, as far as is known. */
    Optional<String> obstacle();

    /**
     * A coordinator in this process.
     *
     * @param store the servers that its decisions are kept in
     * @param cluster the id of that store
     * @param epochs under which it begins transactions at the moment
     */
    record Embedded(String store, String cluster, List<String> epochs, Optional<String> obstacle)
            implements ServiceStatus {
        public Embedded {
            epochs = List.copyOf(epochs);
        }
    }

    /**
     * Coordinator nodes elsewhere.
     *
     * @param nodes all that are known, whether they answer or not
     */
    record Remote(List<Node> nodes, Optional<String> obstacle) implements ServiceStatus {
        public Remote {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * One coordinator node.
     *
     * @param target its {@code host:port}
     * @param reached whether there is a link to it
     * @param leads the shards that it says it leads
     */
    record Node(String target, boolean reached, List<Integer> leads) {
        public Node {
            leads = List.copyOf(leads);
        }
    }

    /** A service that does not tell. */
    record Untold() implements ServiceStatus {
        @Override
        public Optional<String> obstacle() {
            return Optional.empty();
        }
    }
}
