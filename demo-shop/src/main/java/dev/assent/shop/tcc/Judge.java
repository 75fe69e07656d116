package dev.assent.shop.tcc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/** Says what is wrong with the reservations that both services hold, by what callers were told. Pure. */
final class Judge {
    private Judge() {}

    /** How often a try was ended, and how. */
    record Ends(int confirmed, int cancelled) {
        boolean isOnce() {
            return confirmed + cancelled == 1;
        }
    }

    static List<String> wrongs(Map<UUID, Ends> stock, Map<UUID, Ends> till, Map<UUID, Told> told) {
        List<String> wrongs = new ArrayList<>();
        TreeSet<UUID> all = new TreeSet<>(told.keySet());
        all.addAll(stock.keySet());
        all.addAll(till.keySet());
        for (UUID id : all) {
            wrong(
                            Optional.ofNullable(stock.get(id)),
                            Optional.ofNullable(till.get(id)),
                            told.getOrDefault(id, Told.UNKNOWN))
                    .ifPresent(why -> wrongs.add(id + ": " + why));
        }
        return wrongs;
    }

    private static Optional<String> wrong(Optional<Ends> stock, Optional<Ends> till, Told told) {
        for (Optional<Ends> one : List.of(stock, till)) {
            if (one.isPresent() && !one.get().isOnce()) {
                return Optional.of("not ended once: " + one.get());
            }
        }
        boolean inStock = stock.map(Ends::confirmed).orElse(0) == 1;
        boolean inTill = till.map(Ends::confirmed).orElse(0) == 1;
        if (inStock != inTill) {
            return Optional.of("confirmed in one service only");
        }
        return switch (told) {
            case COMMITTED -> inStock ? Optional.empty() : Optional.of("told committed, and it is not");
            case ROLLED_BACK -> inStock ? Optional.of("told rolled back, and it is confirmed") : Optional.empty();
            case UNKNOWN -> Optional.empty();
            case BROKEN -> Optional.of("told that its parts ended differently");
        };
    }
}
