package dev.assent.admin.view;

import java.util.Optional;

/**
 * A server of the store, as the configuration of this process' own server names it.
 *
 * @param standing how the leader sees it; known to the leader alone, absent elsewhere
 */
public record StoreServer(
        long id, String address, boolean observer, boolean self, boolean leader, Optional<Standing> standing) {

    /** How a leader sees a server. */
    public enum Standing {
        /** Its acknowledgements count. */
        IN_SYNC,
        /** It is there, and is being sent what it lacks. */
        CATCHING_UP,
        /** It does not follow. */
        MISSING
    }
}
