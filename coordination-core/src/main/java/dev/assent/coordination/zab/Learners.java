package dev.assent.coordination.zab;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Quorum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who follows this leader at the moment, in ascending order of id, and when each voter was last heard. */
final class Learners {
    private static final long NEVER = -1;

    private final ServerId self;
    private final Quorum quorum;
    private final @Nullable Learner[] byId = new Learner[256];
    private final List<Learner> present = new ArrayList<>();
    private final long[] heardAtMillis = new long[256];

    Learners(ServerId self, Quorum quorum) {
        this.self = self;
        this.quorum = quorum;
        Arrays.fill(heardAtMillis, NEVER);
    }

    List<Learner> all() {
        return present;
    }

    @Nullable
    Learner find(ServerId id) {
        return byId[id.value()];
    }

    void add(Learner learner) {
        remove(learner.id);
        byId[learner.id.value()] = learner;
        present.add(learner);
        present.sort(Comparator.comparing(one -> one.id));
    }

    void remove(ServerId id) {
        Learner gone = byId[id.value()];
        if (gone != null) {
            byId[id.value()] = null;
            present.remove(gone);
        }
    }

    void heard(Learner learner, long nowMillis) {
        learner.heardAtMillis = nowMillis;
        heardAtMillis[learner.id.value()] = nowMillis;
    }

    /** Whether the leader and those voters that {@code supports} holds for are a quorum. */
    boolean areQuorumWithLeader(Predicate<Learner> supports) {
        return quorum.isReachedBy(voter -> {
            Learner learner = byId[voter.value()];
            return voter.equals(self) || (learner != null && supports.test(learner));
        });
    }

    /** Whether those who follow could elect one of themselves. */
    boolean areQuorumWithoutLeader() {
        return quorum.isReachedBy(voter -> !voter.equals(self) && byId[voter.value()] != null);
    }

    /** Whether the leader and those voters heard since {@code sinceMillis}, learners or not by now, are a quorum. */
    boolean isQuorumHeardSince(long sinceMillis) {
        return quorum.isReachedBy(voter -> {
            long at = heardAtMillis[voter.value()];
            return voter.equals(self) || (at != NEVER && at >= sinceMillis);
        });
    }

    /** The last transaction that is durable at a quorum, given the leader's own durable one. */
    long durableAtQuorum(Zxid own) {
        return quorum.agreed(voter -> {
            if (voter.equals(self)) {
                return own.value();
            }
            Learner learner = byId[voter.value()];
            return learner != null && learner.phase.hasAcknowledged() ? learner.durable.value() : 0;
        });
    }
}
