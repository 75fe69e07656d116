package dev.assent.store;

import org.apache.zookeeper.Watcher;

/**
 * Runs its action when something that was read with it has changed, once for each such read, and whenever the
 * connection comes, goes, or the session ends, as changes may have been missed then.
 *
 * <p>Make it once and read with the same one again and again: the store's client remembers each that it was given. The
 * action runs on the client's event thread, so it may only hand the news on.
 */
public final class StoreWatch {
    final Watcher watcher;

    public StoreWatch(Runnable action) {
        this.watcher = event -> action.run();
    }
}
