package dev.assent.coordination.tree;

import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Derives what follows from the znodes alone: digest, counts, owners of ephemeral znodes, and what is due when. */
final class TreeRebuild {
    private HashTrie<SessionState> sessions;
    private DueZnodes due = DueZnodes.NONE;
    private long digest;
    private long znodeCount;

    private final StringBuilder path = new StringBuilder();
    private final Deque<Level> levels = new ArrayDeque<>();

    /**
     * Some siblings being walked.
     *
     * @param pathLength of the parent's path
     */
    private record Level(Iterator<Znode> siblings, int pathLength, long digestOfParent) {}

    private TreeRebuild(HashTrie<SessionState> sessions) {
        this.sessions = sessions;
    }

    /**
     * A tree of these parts.
     *
     * @param sessions without their ephemeral znodes
     * @throws IllegalArgumentException if they do not fit together
     */
    static DataTree tree(Zxid zxid, Znode root, HashTrie<SessionState> sessions) {
        TreeRebuild rebuild = new TreeRebuild(sessions);
        for (SessionState session : sessions) {
            rebuild.digest += session.digest();
        }
        rebuild.visit(root, Digest.ofRootPath());
        rebuild.walk();
        return new DataTree(zxid, root, rebuild.sessions, rebuild.due, rebuild.digest, rebuild.znodeCount);
    }

    private void walk() {
        while (!levels.isEmpty()) {
            Level level = levels.peek();
            path.setLength(level.pathLength);
            if (!level.siblings.hasNext()) {
                levels.pop();
                continue;
            }
            Znode node = level.siblings.next();
            String name = node.name();
            path.append('/').append(name);
            visit(node, Digest.ofPath(level.digestOfParent, name.hashCode(), name.length()));
        }
    }

    private void visit(Znode node, long digestOfPath) {
        digest += Digest.ofZnode(digestOfPath, node);
        znodeCount++;
        if (node.isEphemeral()) {
            SessionState owner = sessions.find(new SessionState.Key(node.ephemeralOwner()));
            if (owner == null) {
                throw new IllegalArgumentException("the owner of " + path + " is not an open session");
            }
            sessions = sessions.with(owner.withEphemeral(new ZnodePath(path.toString())));
        }
        long dueMillis = node.dueMillis();
        if (dueMillis != Znode.NEVER) {
            due = due.with(dueMillis, new ZnodePath(path.toString()));
        }
        if (node.numChildren() > 0) {
            levels.push(new Level(node.children().iterator(), path.length(), digestOfPath));
        }
    }
}
