package dev.assent.rm.operator.status;

import dev.assent.rm.operator.tx.HeldBranch;
import dev.assent.tx.shards.ShardBoard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A cluster at one moment, as far as it could be asked.
 *
 * @param servers of the store, by the addresses they were asked at
 * @param resources names that processes have registered
 * @param databases by their URLs
 * @param heuristics outcomes that wait for an operator
 */
public record ClusterStatus(
        String cluster,
        List<Server> servers,
        ShardBoard board,
        List<String> resources,
        Map<String, Database> databases,
        int heuristics,
        SortedMap<String, Relay> relays) {

    /**
     * A server of the store.
     *
     * @param mode leader, follower, observer, standalone; empty when it did not say
     * @param problem why it did not; empty when it did
     */
    public record Server(String address, String mode, String zxid, String problem) {
        public boolean isLeading() {
            return mode.equals("leader") || mode.equals("standalone");
        }
    }

    /**
     * A database that was named.
     *
     * @param problem why it could not be asked; empty when it could
     */
    public record Database(List<InDoubt> inDoubt, String problem) {}

    /** A branch that it holds prepared, and what the store says: COMMIT, ABORT, none, or that it cannot be read. */
    public record InDoubt(HeldBranch branch, String decision, String next) {}

    /**
     * A relay of an outbox.
     *
     * @param owners of its shards; empty for a shard that nobody serves
     */
    public record Relay(List<String> instances, SortedMap<Integer, Optional<String>> owners) {}

    /** What needs somebody, a line each; empty while all is well. */
    public List<String> troubles(long nowEpochMillis) {
        return Troubles.of(this, nowEpochMillis);
    }
}
