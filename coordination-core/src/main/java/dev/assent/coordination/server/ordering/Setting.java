package dev.assent.coordination.server.ordering;

import dev.assent.coordination.jute.RequestDecoder;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.spi.Clock;
import java.util.function.Supplier;

/**
 * The givens of one server's life.
 *
 * @param tickMillis the width of the session buckets
 * @param leaderlessMillisMax how long connections are kept while no leader serves
 * @param decoder of clients' frames, with the limits they are held to
 * @param passwords fresh and unguessable, for new sessions
 * @param randomStart where request numbers begin: different in each life of a server
 */
public record Setting(
        ServerId self,
        int tickMillis,
        long leaderlessMillisMax,
        Clock clock,
        RequestDecoder decoder,
        Supplier<SessionPassword> passwords,
        long randomStart) {}
