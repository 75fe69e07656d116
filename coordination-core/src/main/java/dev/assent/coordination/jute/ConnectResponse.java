package dev.assent.coordination.jute;

import dev.assent.coordination.model.Payload;

/**
 * The answer to a client's first frame.
 *
 * @param timeoutMillis as granted
 * @param sessionId 0 tells the client that its session has expired
 * @param readOnlySent whether the client understands the last field, which then says that it is not read-only
 */
public record ConnectResponse(int timeoutMillis, long sessionId, Payload password, boolean readOnlySent) {
    /** To a client whose session is gone, or who does not know its password. */
    public static ConnectResponse expired(boolean readOnlySent) {
        return new ConnectResponse(0, 0, Payload.wrap(new byte[16]), readOnlySent);
    }
}
