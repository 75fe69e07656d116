package dev.assent.outbox.relay;

import dev.assent.outbox.model.ShardLease;
import java.util.Optional;

/**
 * A glance at one shard of a relay instance.
 *
 * @param published records published and removed under this lease
 * @param refusals how often a record was refused under this lease
 * @param lastProblem the newest failure under this lease
 */
public record ShardStatus(
        ShardLease lease, ShardState state, long published, long refusals, Optional<String> lastProblem) {

    static ShardStatus begin(ShardLease lease) {
        return new ShardStatus(lease, ShardState.TAKING_OVER, 0, 0, Optional.empty());
    }

    ShardStatus in(ShardState now) {
        return new ShardStatus(lease, now, published, refusals, lastProblem);
    }

    ShardStatus afterPublished(int records) {
        return new ShardStatus(lease, state, published + records, refusals, lastProblem);
    }

    ShardStatus afterRefusal(String problem) {
        return new ShardStatus(lease, state, published, refusals + 1, Optional.of(problem));
    }

    ShardStatus withProblem(String problem) {
        return new ShardStatus(lease, state, published, refusals, Optional.of(problem));
    }
}
