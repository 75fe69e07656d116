package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.quorum.Quorum;
import dev.assent.time.Clock;
import java.util.function.Supplier;

/**
 * The givens of one server's life.
 *
 * @param tickMillis the width of the session buckets
 * @param reportMillis how often this server reports to the leader which clients it heard, as all servers do
 * @param quorum who votes, and how many of them decide
 * @param passwords fresh and unguessable, for new sessions
 * @param randomStart where request numbers begin: different in each life of a server
 */
public record OrderingConfig(
        ServerId self,
        int tickMillis,
        int reportMillis,
        Quorum quorum,
        Clock clock,
        Supplier<SessionPassword> passwords,
        long randomStart) {}
