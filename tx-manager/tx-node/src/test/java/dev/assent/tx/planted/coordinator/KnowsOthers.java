package dev.assent.tx.planted.coordinator;

import dev.assent.coordination.server.CoordinationServer;
import io.grpc.ManagedChannel;
import jakarta.transaction.Transaction;

/** Breaks: no server outside of nodes, no wire outside of its ends, no Jakarta. */
record KnowsOthers(CoordinationServer server, ManagedChannel channel, Transaction transaction) {}
