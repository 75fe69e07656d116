package dev.assent.admin.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the store told at a look at it that told something else than the look before. */
public record Moment(
        Instant at,
        Optional<String> problem,
        List<Coordinator> coordinators,
        List<StoreServer> servers,
        List<Shard> shards) {
    public Moment {
        coordinators = List.copyOf(coordinators);
        servers = List.copyOf(servers);
        shards = List.copyOf(shards);
    }

    /** Whether the other tells the same, whenever it was. */
    public boolean saysAs(Moment other) {
        return problem.equals(other.problem)
                && coordinators.equals(other.coordinators)
                && servers.equals(other.servers)
                && shards.equals(other.shards);
    }
}
