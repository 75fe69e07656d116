package dev.assent.tx.coordinator;

import dev.assent.event.EventStream;
import dev.assent.event.ShardEvent;
import dev.assent.tx.model.EpochRef;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Tells which shards a node came by and which it lost, by what it leads before and after each change. Thread-safe. */
final class ShardNews implements Runnable {
    private final EventStream events;
    private final String node;
    private final Runnable next;
    private Set<EpochRef> before = Set.of();
    private Supplier<List<EpochRef>> led = List::of;

    /** @param next who hears of the change after the events */
    ShardNews(EventStream events, String node, Runnable next) {
        this.events = events;
        this.node = node;
        this.next = next;
    }

    /** Whose shards these are; what changed meanwhile is told with the next change. */
    synchronized void of(Supplier<List<EpochRef>> holder) {
        led = holder;
    }

    @Override
    public void run() {
        compare();
        next.run();
    }

    private synchronized void compare() {
        Set<EpochRef> now = new HashSet<>(led.get());
        for (EpochRef epoch : before) {
            if (!now.contains(epoch) && events.isHeard()) {
                events.tell(new ShardEvent.Given(node, epoch.key().shard(), epoch.version()));
            }
        }
        for (EpochRef epoch : now) {
            if (!before.contains(epoch) && events.isHeard()) {
                events.tell(new ShardEvent.Taken(node, epoch.key().shard(), epoch.version()));
            }
        }
        before = now;
    }
}
