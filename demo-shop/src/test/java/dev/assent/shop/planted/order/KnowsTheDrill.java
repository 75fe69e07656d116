package dev.assent.shop.planted.order;

import dev.assent.shop.planted.inventory.KnowsTheTransaction;
import dev.assent.shop.planted.platform.KnowsTheShard;

/** Knows another service's classes, and the processes that it is run by. */
public interface KnowsTheDrill {
    KnowsTheTransaction neighbour();

    KnowsTheShard runner();
}
