package dev.assent.tx.planted.coordinator;

import dev.assent.coordination.server.CoordinationServer;

/** Breaks: no server outside of nodes. */
record KnowsOthers(CoordinationServer server) {}
