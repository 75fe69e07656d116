package dev.assent.admin.view;

import java.util.List;

/**
 * Who waits for changes of a znode, of those who are connected with the server in this process.
 *
 * @param count watches that are set upon it; what is watched from above, with all below, counts there
 * @param sessions of some of them
 */
public record ZnodeWatches(int count, List<String> sessions) {
    public ZnodeWatches {
        sessions = List.copyOf(sessions);
    }
}
