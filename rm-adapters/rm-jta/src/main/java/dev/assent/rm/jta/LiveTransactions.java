package dev.assent.rm.jta;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link AssentTransactions} objects of this process, for references to them that come back from a JNDI context.
 * The one place with static state: JNDI makes its object factories by itself, and hands them nothing but the reference.
 * Objects that nobody else holds go. Thread-safe.
 */
final class LiveTransactions {
    private static final Map<String, WeakReference<AssentTransactions>> LIVE = new ConcurrentHashMap<>();

    private LiveTransactions() {}

    /** Makes it known; gives the id by which it is found. */
    static String add(AssentTransactions transactions) {
        LIVE.values().removeIf(reference -> reference.get() == null);
        String id = UUID.randomUUID().toString();
        LIVE.put(id, new WeakReference<>(transactions));
        return id;
    }

    /** That very object; or, for a reference made by another process, as an earlier run, this one's only object. */
    static Optional<AssentTransactions> find(String id) {
        WeakReference<AssentTransactions> known = LIVE.get(id);
        AssentTransactions exact = known == null ? null : known.get();
        return exact != null ? Optional.of(exact) : only();
    }

    private static Optional<AssentTransactions> only() {
        List<AssentTransactions> all = LIVE.values().stream()
                .flatMap(reference -> Optional.ofNullable(reference.get()).stream())
                .toList();
        return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
    }
}
