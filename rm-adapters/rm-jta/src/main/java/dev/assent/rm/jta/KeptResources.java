package dev.assent.rm.jta;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is kept in a transaction by key ({@link AssentTransactions#putResource}), until it is taken out for good: then
 * what is {@link HeldForWork} is given back, and nothing more is kept, as it would never go back. Thread-safe; no lock
 * is held while something is given back.
 */
final class KeptResources {
    private final Map<Object, Object> kept = new HashMap<>();
    private boolean taken;

    synchronized @Nullable Object get(Object key) {
        return kept.get(key);
    }

    /** Whether it is kept now; a value of null takes out what was. */
    synchronized boolean put(Object key, @Nullable Object value) {
        if (taken && value != null) {
            return false;
        }
        if (value == null) {
            kept.remove(key);
        } else {
            kept.put(key, value);
        }
        return true;
    }

    synchronized boolean holdWork() {
        return kept.values().stream().anyMatch(HeldForWork.class::isInstance);
    }

    /** The transaction has ended. Does nothing the second time. */
    void giveBack() {
        giveBack(HeldForWork::giveBack);
    }

    /** The same, as {@code way} has it for each. */
    void giveBack(Consumer<HeldForWork> way) {
        takeAll().forEach(resource -> {
            if (resource instanceof HeldForWork held) {
                way.accept(held);
            }
        });
    }

    private synchronized List<Object> takeAll() {
        List<Object> all = List.copyOf(kept.values());
        kept.clear();
        taken = true;
        return all;
    }

    /** Work was given up and the outcome is not known: what it held is forgotten, then given back. */
    void giveBackWhatIsOver(Consumer<HeldForWork> way) {
        Map<Object, Object> now;
        synchronized (this) {
            now = new HashMap<>(kept);
        }
        now.forEach((key, resource) -> {
            if (resource instanceof HeldForWork held && held.isOver()) {
                boolean unused = put(key, null);
                way.accept(held);
            }
        });
    }
}
