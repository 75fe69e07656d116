package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.tree.Access;
import dev.assent.coordination.tree.Applied;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.Trigger;
import dev.assent.coordination.tree.Watches;
import java.util.function.BiFunction;

/**
 * The newest state for readers on any thread, and who watches it.
 *
 * <p>Events are posted before the state that shows their change is published, and a reader empties its posts between
 * taking the state and answering from it: so an event precedes every reply that reveals its change. A read that sets a
 * watch is atomic against both steps.
 */
public final class WatchedTree {
    private final Object lock = new Object();
    private final Watches<Client> watches;
    private volatile DataTree tree;

    public WatchedTree(DataTree tree, int watchesPerClientMax) {
        this.tree = tree;
        this.watches = new Watches<>(watchesPerClientMax);
    }

    public DataTree tree() {
        return tree;
    }

    /** Runs {@code reading} while no event can slip between the state it sees and the watches it sets. */
    public <T> T watching(BiFunction<DataTree, Watches<Client>, T> reading) {
        synchronized (lock) {
            return reading.apply(tree, watches);
        }
    }

    public void forget(Client client) {
        synchronized (lock) {
            watches.removeAll(client);
        }
    }

    public long watchCount() {
        synchronized (lock) {
            return watches.count();
        }
    }

    /** Who may not read a znode learns nothing of it, whatever was allowed when the watch was set. */
    void publish(Zxid zxid, Applied applied) {
        synchronized (lock) {
            for (Trigger trigger : applied.triggers()) {
                for (Client client : watches.trigger(trigger)) {
                    if (Access.permits(trigger.acl(), Permission.READ, client.identities())) {
                        client.notify(zxid, trigger.type(), trigger.path());
                    }
                }
            }
            tree = applied.tree();
        }
    }

    /** A state that no transaction led to; those who watched the old one have been cut off. */
    void replace(DataTree restored) {
        synchronized (lock) {
            tree = restored;
        }
    }
}
