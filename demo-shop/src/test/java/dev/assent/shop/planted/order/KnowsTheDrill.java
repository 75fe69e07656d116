package dev.assent.shop.planted.order;

import dev.assent.shop.planted.inventory.KnowsTheTransaction;
import dev.assent.shop.planted.platform.SleepsManager;

/** Knows another service's classes, and the processes that it is run by. */
final class KnowsTheDrill {
    private final KnowsTheTransaction neighbour = new KnowsTheTransaction();
    private final SleepsManager runner = new SleepsManager();

    boolean knows() {
        return neighbour.hashCode() == runner.hashCode();
    }
}
