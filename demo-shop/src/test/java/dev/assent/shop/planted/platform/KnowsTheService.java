package dev.assent.shop.planted.platform;

import dev.assent.shop.planted.order.KnowsTheDrill;

/** Knows one that stands on it. */
interface KnowsTheService {
    KnowsTheDrill runs();
}
