package dev.assent.coordination.server;

import dev.assent.coordination.model.SessionId;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A session of the store, as a server knows it.
 *
 * @param ephemerals how many znodes go with it
 * @param client where its client is, if that is connected with this server
 */
public record OpenSession(SessionId id, int timeoutMillis, int ephemerals, Optional<InetSocketAddress> client) {}
