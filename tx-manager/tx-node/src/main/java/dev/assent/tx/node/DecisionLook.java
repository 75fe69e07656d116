package dev.assent.tx.node;

import dev.assent.admin.view.DecisionSeen;
import dev.assent.store.OpenedWhenNeeded;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import dev.assent.tx.store.DecisionSight;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Looks where a decision stands, over the operators' connection with the store. What is asked about a transaction is its
 * history first: a store that did not answer is not asked for a while, and that is told instead. Thread-safe.
 */
final class DecisionLook {
    /** So long a store that did not answer is not asked again. */
    static final long AWAY_MILLIS = 5_000;

    private final OpenedWhenNeeded<CoordinatorZnodes> store;
    private final Clock clock;
    private volatile long awaySinceMillis;

    DecisionLook(OpenedWhenNeeded<CoordinatorZnodes> store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.awaySinceMillis = clock.monotonicMillis() - AWAY_MILLIS;
    }

    /** Empty for what is no transaction of ours. */
    Optional<DecisionSeen> of(String transaction) {
        if (clock.monotonicMillis() - awaySinceMillis < AWAY_MILLIS) {
            return Optional.of(unseen("the store did not answer a moment ago"));
        }
        try {
            return Optional.of(seen(store.get().sight(GlobalTxId.fromHex(transaction))));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        } catch (IOException away) {
            awaySinceMillis = clock.monotonicMillis();
            return Optional.of(unseen("the store could not be asked: " + away.getMessage()));
        }
    }

    private static DecisionSeen seen(DecisionSight sight) {
        return new DecisionSeen(
                Optional.of(sight.place().name()),
                sight.path(),
                sight.zxid().stream()
                        .mapToObj(zxid -> "0x" + Long.toHexString(zxid))
                        .findAny(),
                sight.writtenEpochMillis().stream()
                        .mapToObj(Instant::ofEpochMilli)
                        .findAny(),
                sight.text());
    }

    private static DecisionSeen unseen(String why) {
        return new DecisionSeen(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), why);
    }
}
