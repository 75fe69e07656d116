package dev.assent.outbox.relay;

import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OutboxStore.Held;
import java.util.Optional;

/**
 * A glance at one shard of a relay instance.
 *
 * @param published records published and removed under this lease
 * @param refusals how often a record was refused under this lease
 * @param held what waits for topics that take no records, as counted within the last 10 s
 * @param lastProblem the newest failure under this lease
 */
public record ShardStatus(
        ShardLease lease, ShardState state, long published, long refusals, Held held, Optional<String> lastProblem) {

    static ShardStatus begin(ShardLease lease) {
        return new ShardStatus(lease, ShardState.TAKING_OVER, 0, 0, Held.NOTHING, Optional.empty());
    }

    boolean isServed() {
        return state == ShardState.SERVING || state == ShardState.HOLDING;
    }

    ShardStatus in(ShardState now) {
        return new ShardStatus(lease, now, published, refusals, held, lastProblem);
    }

    ShardStatus holding(Held now) {
        ShardState then = now.isEmpty() ? ShardState.SERVING : ShardState.HOLDING;
        return new ShardStatus(lease, then, published, refusals, now, lastProblem);
    }

    ShardStatus afterPublished(int records) {
        return new ShardStatus(lease, state, published + records, refusals, held, lastProblem);
    }

    ShardStatus afterRefusal(String problem) {
        return new ShardStatus(lease, state, published, refusals + 1, held, Optional.of(problem));
    }

    ShardStatus withProblem(String problem) {
        return new ShardStatus(lease, state, published, refusals, held, Optional.of(problem));
    }
}
