package dev.assent.coordination.tree;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All znodes and sessions after one transaction. Immutable: publish it through a volatile field and any thread may
 * read it without a lock, for as long as it likes.
 */
public final class DataTree {
    private final Zxid zxid;
    private final Znode root;
    private final HashTrie<SessionState> sessions;
    private final DueZnodes due;
    private final long digest;
    private final long znodeCount;

    /**
     * All of it.
     *
     * @param due what the leader is to delete, and when: see {@link Znode#dueMillis}
     * @param digest of all of it, see {@link Digest}
     */
    DataTree(Zxid zxid, Znode root, HashTrie<SessionState> sessions, DueZnodes due, long digest, long znodeCount) {
        this.zxid = zxid;
        this.root = root;
        this.sessions = sessions;
        this.due = due;
        this.digest = digest;
        this.znodeCount = znodeCount;
    }

    /** Before the first transaction: the root and the system znodes that clients expect, nothing else. */
    public static DataTree initial() {
        return initial(Payload.EMPTY);
    }

    /**
     * The same, with a configuration to show to clients.
     *
     * @param config the data of {@code /zookeeper/config}; must be the same on every server
     */
    public static DataTree initial(Payload config) {
        return TreeEdit.initial(config);
    }

    /** The last transaction in it. */
    public Zxid zxid() {
        return zxid;
    }

    /** Equal on two servers at the same zxid, or one of them is wrong. */
    public long digest() {
        return digest;
    }

    /** The system znodes included. */
    public long znodeCount() {
        return znodeCount;
    }

    public Optional<Znode> find(ZnodePath path) {
        return Optional.ofNullable(node(path.value()));
    }

    /** A path as a client sent it; what is not a valid path is not found. */
    public Optional<Znode> find(String path) {
        return Optional.ofNullable(node(path));
    }

    @Nullable
    Znode node(String path) {
        int length = path.length();
        if (length <= 1) {
            return length == 1 && path.charAt(0) == '/' ? root : null;
        }
        if (path.charAt(0) != '/') {
            return null;
        }
        Znode node = root;
        int from = 1;
        while (from <= length && node != null) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? length : slash;
            node = node.child(new Znode.NameProbe(path, from, to));
            from = to + 1;
        }
        return node;
    }

    public Optional<SessionState> session(SessionId id) {
        return Optional.ofNullable(sessions.find(new SessionState.Key(id.value())));
    }

    public int sessionCount() {
        return sessions.size();
    }

    /** All open sessions, in an order that all servers share. */
    public Iterable<SessionState> sessions() {
        return sessions;
    }

    public long ephemeralCount() {
        long count = 0;
        for (SessionState session : sessions) {
            count += session.ephemeralCount();
        }
        return count;
    }

    /**
     * What the leader is to delete at {@code wallMillis}, see {@link Znode#dueMillis}: the earliest first, at most
     * {@code limit}. Costs O(limit), whatever else there is.
     */
    public List<ZnodePath> due(long wallMillis, int limit) {
        return due.due(wallMillis, limit);
    }

    /** The state after {@code txn} at {@code next}, and what to tell whom. */
    public Applied apply(Zxid next, Txn txn) {
        return new TreeEdit(this, next).apply(txn);
    }

    Znode root() {
        return root;
    }

    HashTrie<SessionState> sessionTrie() {
        return sessions;
    }

    DueZnodes dueZnodes() {
        return due;
    }
}
