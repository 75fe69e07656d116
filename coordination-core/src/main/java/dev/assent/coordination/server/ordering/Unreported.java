package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.SessionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions that have shown life and whose report the leader has not confirmed: a report may be lost with its link,
 * and a connection may be gone by the time that its server claims its sessions again. Not thread-safe.
 */
final class Unreported {
    private final Map<SessionId, Long> heard = new LinkedHashMap<>();

    /** They have shown life by {@code throughMillis}. */
    void heard(List<SessionId> sessions, long throughMillis) {
        sessions.forEach(session -> heard.put(session, throughMillis));
    }

    /** A report of all that was heard by then has reached the leader. */
    void confirmed(long throughMillis) {
        heard.values().removeIf(by -> by <= throughMillis);
    }

    List<SessionId> sessions() {
        return new ArrayList<>(heard.keySet());
    }
}
