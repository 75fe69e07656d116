package dev.assent.outbox.spi.planted;

import dev.assent.outbox.jdbc.Outbox;

/** Breaks the layers: a contract must not know who keeps it. */
record KnowsTheDatabase(Outbox outbox) {}
