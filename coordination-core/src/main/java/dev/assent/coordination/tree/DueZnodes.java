package dev.assent.coordination.tree;

import dev.assent.coordination.model.ZnodePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The znodes that the leader has to delete by itself, by the wall-clock time from which on: a persistent sorted set.
 * What is due is found at a cost that depends on how much is due, not on how much there is.
 *
 * <p>An AVL tree (Adelson-Velsky, Landis 1962): its height stays logarithmic whatever paths clients choose. The way it
 * came about shows in its shape only, never in its order.
 */
final class DueZnodes {
    static final DueZnodes NONE = new DueZnodes(null);

    private final @Nullable Node root;

    private DueZnodes(@Nullable Node root) {
        this.root = root;
    }

    /** This with {@code path}, which is not in it for that moment yet. */
    DueZnodes with(long dueMillis, ZnodePath path) {
        return new DueZnodes(inserted(root, dueMillis, path));
    }

    /** This without {@code path}, if it is in it for that moment. */
    DueZnodes without(long dueMillis, ZnodePath path) {
        return new DueZnodes(removed(root, dueMillis, path));
    }

    /** What is due at {@code wallMillis}, the earliest first; at most {@code limit}. */
    List<ZnodePath> due(long wallMillis, int limit) {
        List<ZnodePath> due = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>();
        Node next = root;
        while (due.size() < limit && (next != null || !open.isEmpty())) {
            while (next != null) {
                open.push(next);
                next = next.earlier;
            }
            Node node = open.pop();
            if (node.dueMillis > wallMillis) {
                return due;
            }
            due.add(node.path);
            next = node.later;
        }
        return due;
    }

    private static Node inserted(@Nullable Node node, long dueMillis, ZnodePath path) {
        if (node == null) {
            return new Node(dueMillis, path, null, null);
        }
        int order = node.compareTo(dueMillis, path);
        if (order == 0) {
            return node;
        }
        return order > 0
                ? balanced(node, inserted(node.earlier, dueMillis, path), node.later)
                : balanced(node, node.earlier, inserted(node.later, dueMillis, path));
    }

    private static @Nullable Node removed(@Nullable Node node, long dueMillis, ZnodePath path) {
        if (node == null) {
            return null;
        }
        int order = node.compareTo(dueMillis, path);
        if (order > 0) {
            return balanced(node, removed(node.earlier, dueMillis, path), node.later);
        }
        if (order < 0) {
            return balanced(node, node.earlier, removed(node.later, dueMillis, path));
        }
        if (node.earlier == null || node.later == null) {
            return node.earlier == null ? node.later : node.earlier;
        }
        Node heir = node.later;
        while (heir.earlier != null) {
            heir = heir.earlier;
        }
        return balanced(heir, node.earlier, removed(node.later, heir.dueMillis, heir.path));
    }

    /** The entry of {@code top} over two subtrees whose heights differ by two at most. */
    private static Node balanced(Node top, @Nullable Node earlier, @Nullable Node later) {
        int lean = height(later) - height(earlier);
        if (earlier != null && lean < -1) {
            Node inner = earlier.later;
            return inner != null && height(inner) > height(earlier.earlier)
                    ? inner.over(earlier.over(earlier.earlier, inner.earlier), top.over(inner.later, later))
                    : earlier.over(earlier.earlier, top.over(inner, later));
        }
        if (later != null && lean > 1) {
            Node inner = later.earlier;
            return inner != null && height(inner) > height(later.later)
                    ? inner.over(top.over(earlier, inner.earlier), later.over(inner.later, later.later))
                    : later.over(top.over(earlier, inner), later.later);
        }
        return top.over(earlier, later);
    }

    private static int height(@Nullable Node node) {
        return node == null ? 0 : node.height;
    }

    private static final class Node {
        final long dueMillis;
        final ZnodePath path;
        final @Nullable Node earlier;
        final @Nullable Node later;
        final int height;

        Node(long dueMillis, ZnodePath path, @Nullable Node earlier, @Nullable Node later) {
            this.dueMillis = dueMillis;
            this.path = path;
            this.earlier = earlier;
            this.later = later;
            this.height = 1 + Math.max(DueZnodes.height(earlier), DueZnodes.height(later));
        }

        /** This entry over other subtrees. */
        Node over(@Nullable Node newEarlier, @Nullable Node newLater) {
            return new Node(dueMillis, path, newEarlier, newLater);
        }

        int compareTo(long otherDueMillis, ZnodePath otherPath) {
            int order = Long.compare(dueMillis, otherDueMillis);
            return order == 0 ? path.compareTo(otherPath) : order;
        }
    }
}
