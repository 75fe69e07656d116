package dev.assent.shop.gray;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What callers were told, to be held against what the databases hold. Thread-safe. */
public final class TruthBook {
    private static final int SHOWN_MAX = 5;

    private final Map<UUID, Told> told = new ConcurrentHashMap<>();

    void note(UUID transaction, Told outcome) {
        told.put(transaction, outcome);
    }

    public Map<Told, Integer> counts() {
        Map<Told, Integer> counts = new EnumMap<>(Told.class);
        told.values().forEach(outcome -> counts.merge(outcome, 1, Integer::sum));
        return counts;
    }

    /** Lies and half-done transactions, the first few of them; empty if every answer was true. */
    List<String> lies(Set<UUID> inFirst, Set<UUID> inSecond) {
        List<String> lies = new ArrayList<>();
        told.forEach((id, outcome) -> {
            boolean first = inFirst.contains(id);
            boolean second = inSecond.contains(id);
            if (first != second) {
                lies.add(id + " is in one database only");
            } else if (outcome == Told.COMMITTED && !first) {
                lies.add(id + " was told committed and is nowhere");
            } else if (outcome == Told.ROLLED_BACK && first) {
                lies.add(id + " was told rolled back and is there");
            }
        });
        return lies.size() <= SHOWN_MAX ? lies : List.copyOf(lies.subList(0, SHOWN_MAX));
    }
}
