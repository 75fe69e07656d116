package dev.assent.shop.soak;

import dev.assent.shop.order.OrderStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** What customers were told, order by order, and whether the databases hold it once everything is at rest. Thread-safe. */
final class Promises {
    private static final String EVENTUAL = "eventual";

    /** So many orders that are wrong are named. */
    private static final int NAMED_MAX = 20;

    private final Map<UUID, Promise> promises = new HashMap<>();

    /**
     * Of one order.
     *
     * @param undone what was told of its refund or cancellation; empty if nobody asked for one
     */
    private record Promise(String flow, Heard bought, Optional<Heard> undone) {}

    /** How often each was told. */
    record Counts(long committed, long rolledBack, long unknown) {
        long all() {
            return committed + rolledBack + unknown;
        }

        Counts plus(Counts other) {
            return new Counts(committed + other.committed, rolledBack + other.rolledBack, unknown + other.unknown);
        }

        private Counts and(Heard heard) {
            return switch (heard) {
                case COMMITTED -> new Counts(committed + 1, rolledBack, unknown);
                case ROLLED_BACK -> new Counts(committed, rolledBack + 1, unknown);
                case UNKNOWN -> new Counts(committed, rolledBack, unknown + 1);
            };
        }
    }

    synchronized void bought(UUID order, String flow, Heard heard) {
        promises.put(order, new Promise(flow, heard, Optional.empty()));
    }

    synchronized void undone(UUID order, Heard heard) {
        promises.computeIfPresent(
                order, (id, promise) -> new Promise(promise.flow(), promise.bought(), Optional.of(heard)));
    }

    /** Of purchases, by flow. */
    synchronized Map<String, Counts> counts() {
        Map<String, Counts> counts = new TreeMap<>();
        promises.values()
                .forEach(promise -> counts.put(
                        promise.flow(),
                        counts.getOrDefault(promise.flow(), new Counts(0, 0, 0)).and(promise.bought())));
        return counts;
    }

    /** Flows in which no purchase was ever told as committed. */
    synchronized List<String> neverCommitted() {
        Map<String, Counts> counts = counts();
        return Mixture.FLOWS.stream()
                .filter(flow -> counts.getOrDefault(flow, new Counts(0, 0, 0)).committed() == 0)
                .toList();
    }

    /**
     * What is not as it was told, in words.
     *
     * @param statuses of every order that the order service's database has, once nothing moves any more
     */
    synchronized List<String> broken(Map<UUID, OrderStatus> statuses) {
        List<String> broken = new ArrayList<>();
        promises.forEach((order, promise) -> {
            Optional<OrderStatus> status = Optional.ofNullable(statuses.get(order));
            wrong(promise, status).ifPresent(how -> broken.add("order " + order + " (" + promise.flow() + "): " + how));
        });
        statuses.keySet().stream()
                .filter(order -> !promises.containsKey(order))
                .forEach(order -> broken.add("order " + order + " was never asked for"));
        return broken.size() <= NAMED_MAX
                ? broken
                : List.of(
                        String.join("; ", broken.subList(0, NAMED_MAX)),
                        "and " + (broken.size() - NAMED_MAX) + " more");
    }

    private static Optional<String> wrong(Promise promise, Optional<OrderStatus> status) {
        boolean isThere = status.map(Promises::isThere).orElse(false);
        if (status.equals(Optional.of(OrderStatus.CREATED))) {
            return Optional.of("is still neither paid nor given up");
        }
        if (promise.bought() == Heard.COMMITTED && status.isEmpty()) {
            return Optional.of("told 'committed', and there is none");
        }
        if (promise.bought() == Heard.COMMITTED && !isThere && !promise.flow().equals(EVENTUAL)) {
            return Optional.of(
                    "told 'committed', and is " + status.map(OrderStatus::word).orElse("missing"));
        }
        if (promise.bought() == Heard.ROLLED_BACK && isThere) {
            return Optional.of(
                    "told 'rolled back', and is " + status.orElseThrow().word());
        }
        return undoneWrongly(promise, status);
    }

    private static Optional<String> undoneWrongly(Promise promise, Optional<OrderStatus> status) {
        boolean isCancelled = status.equals(Optional.of(OrderStatus.CANCELLED));
        boolean isUndone = isCancelled || status.equals(Optional.of(OrderStatus.REFUNDED));
        if (isCancelled && promise.flow().equals(EVENTUAL)) {
            return Optional.empty(); // asked for, or by the shop itself, which waited for the money for too long
        }
        if (promise.undone().equals(Optional.of(Heard.COMMITTED)) && !isUndone) {
            return Optional.of("told that it is undone, and is "
                    + status.map(OrderStatus::word).orElse("missing"));
        }
        if (!promise.undone().filter(heard -> heard != Heard.ROLLED_BACK).isPresent() && isUndone) {
            return Optional.of("is " + status.orElseThrow().word() + ", and nobody was told so");
        }
        return Optional.empty();
    }

    private static boolean isThere(OrderStatus status) {
        return status == OrderStatus.PAID || status == OrderStatus.REFUNDED;
    }
}
