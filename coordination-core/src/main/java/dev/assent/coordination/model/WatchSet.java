package dev.assent.coordination.model;

import java.util.List;

/**
 * The watches that a client holds and asks its new server to go on with.
 *
 * @param relativeZxid the last transaction that the client saw; later changes are reported at once
 * @param data watches set by reading data
 * @param exist watches set on znodes that did not exist
 * @param child watches set by listing children
 * @param persistent watches that stay after they fired
 * @param recursive persistent ones for a whole subtree
 */
public record WatchSet(
        long relativeZxid,
        List<String> data,
        List<String> exist,
        List<String> child,
        List<String> persistent,
        List<String> recursive) {
    public WatchSet {
        data = List.copyOf(data);
        exist = List.copyOf(exist);
        child = List.copyOf(child);
        persistent = List.copyOf(persistent);
        recursive = List.copyOf(recursive);
    }
}
