package dev.assent.rm.operator.status;

import java.util.ArrayList;
import java.util.List;

/** What of a cluster's status needs somebody. Pure. */
final class Troubles {
    /** A branch may be in doubt for so long past its deadline before it is trouble: recovery needs a moment. */
    static final long OVERDUE_MILLIS = 30_000;

    private Troubles() {}

    static List<String> of(ClusterStatus status, long nowEpochMillis) {
        List<String> troubles = new ArrayList<>();
        if (status.servers().stream().noneMatch(ClusterStatus.Server::isLeading)) {
            troubles.add("no server of the store that was asked leads");
        }
        status.servers().stream()
                .filter(server -> !server.problem().isEmpty())
                .forEach(
                        server -> troubles.add("server " + server.address() + " does not answer: " + server.problem()));
        List<Integer> orphaned = status.board().shards().entrySet().stream()
                .filter(shard ->
                        !status.board().members().containsKey(shard.getValue().holder()))
                .map(shard -> shard.getKey())
                .toList();
        if (!orphaned.isEmpty()) {
            troubles.add("no node leads shards " + orphaned);
        }
        status.databases().forEach((url, database) -> {
            if (!database.problem().isEmpty()) {
                troubles.add("database " + url + " cannot be asked: " + database.problem());
            }
            long overdue = database.inDoubt().stream()
                    .filter(one -> one.branch().transaction().isPastDeadline(nowEpochMillis - OVERDUE_MILLIS))
                    .count();
            if (overdue > 0) {
                troubles.add(overdue + " branches in " + url + " are prepared past their deadline");
            }
        });
        if (status.heuristics() > 0) {
            troubles.add(
                    status.heuristics() + " heuristic outcomes wait for an operator: assent tx list --kind HEURISTIC");
        }
        status.relays().forEach((name, relay) -> {
            List<Integer> free = relay.owners().entrySet().stream()
                    .filter(owner -> owner.getValue().isEmpty())
                    .map(owner -> owner.getKey())
                    .toList();
            if (!free.isEmpty()) {
                troubles.add("nobody serves shards " + free + " of relay " + name);
            }
        });
        return troubles;
    }
}
