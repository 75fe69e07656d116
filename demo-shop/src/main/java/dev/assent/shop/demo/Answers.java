package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.Basket;
import dev.assent.shop.demo.parts.CheckoutClient;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** What customers were told of the last orders, to be held against what the databases have. Thread-safe. */
final class Answers {
    /** So many orders are remembered; older ones have been looked at often enough. */
    static final int REMEMBERED_MAX = 2_000;

    /** Longer than any checkout may take. */
    private static final long LONG_AGO_NANOS = TimeUnit.SECONDS.toNanos(95);

    private final Map<UUID, Told> told = new LinkedHashMap<>();

    /** Of one order. */
    private record Told(boolean committed, boolean known, long atNanos) {}

    /** A customer got that answer. */
    void heard(Basket basket, CheckoutClient.Answer answer) {
        heard(
                basket.orderId(),
                answer instanceof CheckoutClient.Answer.Committed,
                !(answer instanceof CheckoutClient.Answer.Unknown));
    }

    synchronized void heard(UUID order, boolean committed, boolean known) {
        told.put(order, new Told(committed, known, System.nanoTime()));
        Iterator<UUID> oldest = told.keySet().iterator();
        while (told.size() > REMEMBERED_MAX) {
            oldest.next();
            oldest.remove();
        }
    }

    /** The orders of which customers were told so. */
    synchronized List<UUID> told(boolean committed) {
        List<UUID> orders = new ArrayList<>();
        told.forEach((order, one) -> {
            if (one.known() && one.committed() == committed) {
                orders.add(order);
            }
        });
        return orders;
    }

    /** Whether the order was begun so long ago that it has ended, whatever its customer was told. */
    synchronized boolean isLongAgo(Basket basket) {
        Told one = told.get(basket.orderId());
        return one == null || System.nanoTime() - one.atNanos() > LONG_AGO_NANOS;
    }
}
