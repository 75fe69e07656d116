package dev.assent.outbox.policy.planted;

import dev.assent.outbox.spi.OutboxStore;

/** Breaks the layers: policy must not know who calls it. */
record KnowsTheStore(OutboxStore store) {}
