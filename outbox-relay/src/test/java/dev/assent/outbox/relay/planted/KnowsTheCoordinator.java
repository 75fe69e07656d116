package dev.assent.outbox.relay.planted;

import dev.assent.tx.planted.Coordinator;

/** Breaks the module's independence of the transaction manager. */
record KnowsTheCoordinator(Coordinator coordinator) {}
