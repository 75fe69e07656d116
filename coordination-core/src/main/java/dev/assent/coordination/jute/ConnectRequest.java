package dev.assent.coordination.jute;

import dev.assent.coordination.model.Payload;

/**
 * A client's first frame.
 *
 * @param protocolVersion 0
 * @param lastZxidSeen the client must not be served by a state older than this
 * @param timeoutMillis the session time-out that it asks for
 * @param sessionId 0 for a new session
 * @param password that of the session to go on with
 * @param readOnly whether a read-only server would do; false if the client is too old to say
 * @param readOnlySent whether it said; the response then says too
 */
public record ConnectRequest(
        int protocolVersion,
        long lastZxidSeen,
        int timeoutMillis,
        long sessionId,
        Payload password,
        boolean readOnly,
        boolean readOnlySent) {}
