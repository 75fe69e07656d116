package dev.assent.coordination.server;

import dev.assent.coordination.model.SessionId;
import java.util.List;

/**
 * Who watches one path, of those who are connected with this server.
 *
 * @param count all of them
 * @param sessions some of them, those who have watched for longest
 */
public record PathWatchers(int count, List<SessionId> sessions) {
    public PathWatchers {
        sessions = List.copyOf(sessions);
    }
}
