package dev.assent.tx.remote.host;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A bounded memory of what services bring: when it is full, the service that has most of it loses its own longest unused
 * entry, so that none can push others out. Not thread-safe.
 *
 * @param <K> what an entry is known by
 * @param <V> what is remembered
 */
final class FairShares<K, V> {
    private final int entriesMax;
    /** Whose an entry is, as its certificate says; all of plain text are one service's. */
    private final Map<K, Set<String>> owners = new HashMap<>();

    private final Map<Set<String>, Map<K, V>> shares = new HashMap<>();

    FairShares(int entriesMax) {
        this.entriesMax = entriesMax;
    }

    /** What is remembered under {@code key}, which counts as used. */
    Optional<V> find(K key) {
        Set<String> owner = owners.get(key);
        return owner == null
                ? Optional.empty()
                : Optional.ofNullable(share(owner).get(key));
    }

    /** Remembers it as used just now; answers with what had to be forgotten for it. */
    Optional<V> put(Set<String> owner, K key, V value) {
        Set<String> before = owners.put(key, owner);
        if (before != null && !before.equals(owner)) {
            remove(before, key);
        }
        share(owner).put(key, value);
        return owners.size() > entriesMax ? Optional.of(forgetOne()) : Optional.empty();
    }

    int size() {
        return owners.size();
    }

    private Map<K, V> share(Set<String> owner) {
        return shares.computeIfAbsent(owner, first -> new LinkedHashMap<>(16, 0.75f, true));
    }

    private V forgetOne() {
        Map.Entry<Set<String>, Map<K, V>> largest = shares.entrySet().stream()
                .max(Comparator.comparingInt(share -> share.getValue().size()))
                .orElseThrow();
        Map.Entry<K, V> longestUnused = largest.getValue().entrySet().iterator().next();
        K key = longestUnused.getKey();
        V value = longestUnused.getValue();
        owners.remove(key);
        remove(largest.getKey(), key);
        return value;
    }

    private void remove(Set<String> owner, K key) {
        Map<K, V> share = share(owner);
        share.remove(key);
        if (share.isEmpty()) {
            shares.remove(owner);
        }
    }
}
