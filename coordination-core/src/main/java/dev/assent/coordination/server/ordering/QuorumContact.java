package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.quorum.Quorum;
import java.util.HashMap;
import java.util.Map;

/**
 * Up to which moment a leader can be sure that nobody else led: a quorum has told, after it, that it follows. Servers
 * prove it by repeating a moment that the leader told them. Not thread-safe.
 */
final class QuorumContact {
    /** Longer ago than any patience; far from the ends of the range, so that differences do not overflow. */
    private static final long AGES_MILLIS = 1L << 40;

    private final ServerId self;
    private final Quorum quorum;
    private final Map<ServerId, Long> echoes = new HashMap<>();
    private final long neverMillis;

    QuorumContact(ServerId self, Quorum quorum, long nowMillis) {
        this.self = self;
        this.quorum = quorum;
        this.neverMillis = nowMillis - AGES_MILLIS;
    }

    /** {@code server} was told {@code leaderMillis} as the time here, and followed after that. */
    void echoed(ServerId server, long leaderMillis) {
        echoes.merge(server, Math.max(neverMillis, leaderMillis), Math::max);
    }

    /** How long ago that moment is. */
    long ageMillis(long nowMillis) {
        return nowMillis
                - quorum.agreed(voter -> voter.equals(self) ? nowMillis : echoes.getOrDefault(voter, neverMillis));
    }
}
