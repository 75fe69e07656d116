package dev.assent.admin.view;

import java.util.List;

/** The sessions of the store, those with ephemeral znodes first; {@code count} of them there are. */
public record Sessions(int count, List<Session> sessions) {
    public Sessions {
        sessions = List.copyOf(sessions);
    }
}
