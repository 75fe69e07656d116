package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Stat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of the tree at one point of its history. Immutable; it holds its children, not its parent.
 *
 * <p>Most znodes are leaves that never change, and there may be many millions of them: what only others need sits in
 * {@link History}, of which the rest share one.
 */
public final class Znode implements HashTrie.Entry<Znode> {

    /** No moment: what {@link #dueMillis} is for a znode that stays until somebody deletes it. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What is due at once: earlier than any clock reads. */
    private static final long AT_ONCE = 0;

    /**
     * What a znode is from its creation to its end.
     *
     * @param ephemeralOwner see {@link Owner}
     */
    record Birth(String name, long zxid, long wallMillis, long ephemeralOwner) {}

    /**
     * What happened since the creation.
     *
     * @param mzxid of the last change of the data; 0 if there was none
     * @param pzxid of the last create or delete of a child; 0 if there was none
     * @param childrenCreated how many children it ever had: the number of the next sequential child
     */
    record History(long mzxid, long mtime, long pzxid, int version, int aversion, int childrenCreated) {
        static final History NONE = new History(0, 0, 0, 0, 0, 0);

        History dataChanged(long zxid, long wallMillis, int newVersion) {
            return new History(zxid, wallMillis, pzxid, newVersion, aversion, childrenCreated);
        }

        History aclChanged(int newVersion) {
            return new History(mzxid, mtime, pzxid, version, newVersion, childrenCreated);
        }

        History childrenChanged(long zxid, int created) {
            return new History(mzxid, mtime, zxid, version, aversion, created);
        }
    }

    private final String name;
    private final byte @Nullable [] data;
    private final Acl acl;
    private final long czxid;
    private final long ctime;
    private final long ephemeralOwner;
    private final History history;
    private final HashTrie<Znode> children;

    /** As {@code origin}, with another content. */
    private Znode(Znode origin, byte @Nullable [] data, Acl acl, History history, HashTrie<Znode> children) {
        this.name = origin.name;
        this.data = data;
        this.acl = acl;
        this.czxid = origin.czxid;
        this.ctime = origin.ctime;
        this.ephemeralOwner = origin.ephemeralOwner;
        this.history = history;
        this.children = children;
    }

    Znode(Birth birth, byte @Nullable [] data, Acl acl, History history, HashTrie<Znode> children) {
        this.name = birth.name;
        this.data = data;
        this.acl = acl;
        this.czxid = birth.zxid;
        this.ctime = birth.wallMillis;
        this.ephemeralOwner = birth.ephemeralOwner;
        this.history = history;
        this.children = children;
    }

    /** The last name of its path; empty for the root. */
    public String name() {
        return name;
    }

    /** Its data; null if it was created or set without any. */
    public @Nullable Payload data() {
        return data == null ? null : Payload.wrap(data);
    }

    byte @Nullable [] dataBytes() {
        return data;
    }

    public int dataLength() {
        return data == null ? 0 : data.length;
    }

    public Acl acl() {
        return acl;
    }

    public long czxid() {
        return czxid;
    }

    public long ctime() {
        return ctime;
    }

    /** The last change of the data. */
    public long mzxid() {
        return history.mzxid == 0 ? czxid : history.mzxid;
    }

    public long mtime() {
        return history.mzxid == 0 ? ctime : history.mtime;
    }

    /** The last create or delete of a child, or the creation. */
    public long pzxid() {
        return history.pzxid == 0 ? czxid : history.pzxid;
    }

    /** How often the data was replaced. */
    public int version() {
        return history.version;
    }

    /** How often the ACL was replaced. */
    public int aversion() {
        return history.aversion;
    }

    /** How many children it ever had. The suffix of the next sequential child, unlike {@code cversion}. */
    public int childrenCreated() {
        return history.childrenCreated;
    }

    /** The session that it belongs to, or what else {@link Owner} tells. */
    public long ephemeralOwner() {
        return ephemeralOwner;
    }

    public boolean isContainer() {
        return ephemeralOwner == Owner.CONTAINER;
    }

    /** Whether it belongs to a session. */
    public boolean isEphemeral() {
        return Owner.isSession(ephemeralOwner);
    }

    /**
     * The wall-clock time from which on the leader deletes it, in milliseconds, if it stays as it is; {@link #NEVER}
     * for most. A container is due as soon as it had children and has none; a znode with a time to live when that has
     * passed since its data last changed, unless it has children.
     */
    public long dueMillis() {
        if (!children.isEmpty()) {
            return NEVER;
        }
        if (isContainer()) {
            return history.childrenCreated > 0 ? AT_ONCE : NEVER;
        }
        long ttlMillis = Owner.ttlMillis(ephemeralOwner);
        return ttlMillis > 0 ? mtime() + ttlMillis : NEVER;
    }

    public int numChildren() {
        return children.size();
    }

    /** In an order without meaning that all servers share. */
    public Iterable<Znode> children() {
        return children;
    }

    /** The names of its children, in the order of {@link #children}. */
    public List<String> childNames() {
        List<String> names = new ArrayList<>(children.size());
        for (Znode child : children) {
            names.add(child.name);
        }
        return names;
    }

    /** ZooKeeper counts creates and reports changes: creates + deletes = 2 * creates - children. */
    public Stat stat() {
        return new Stat(
                new Stat.Stamp(czxid, ctime),
                new Stat.Stamp(mzxid(), mtime()),
                pzxid(),
                new Stat.Versions(history.version, history.childrenCreated * 2 - children.size(), history.aversion),
                isEphemeral() ? ephemeralOwner : 0,
                dataLength(),
                children.size());
    }

    History history() {
        return history;
    }

    @Nullable
    Znode child(HashTrie.Probe<Znode> probe) {
        return children.find(probe);
    }

    Znode withData(byte @Nullable [] newData, History newHistory) {
        return new Znode(this, newData, acl, newHistory, children);
    }

    Znode withAcl(Acl newAcl, History newHistory) {
        return new Znode(this, data, newAcl, newHistory, children);
    }

    Znode withChildren(HashTrie<Znode> newChildren) {
        return new Znode(this, data, acl, history, newChildren);
    }

    Znode withChild(Znode child, History newHistory) {
        return new Znode(this, data, acl, newHistory, children.with(child));
    }

    Znode withoutChild(Znode child, History newHistory) {
        return new Znode(this, data, acl, newHistory, children.without(child));
    }

    Znode withoutChildren(List<Znode> gone, History newHistory) {
        return new Znode(this, data, acl, newHistory, children.withoutAll(gone));
    }

    @Override
    public int trieHash() {
        return HashTrie.spread(name.hashCode());
    }

    @Override
    public int compareKey(Znode other) {
        return name.compareTo(other.name);
    }

    /** Looks for a child by its name, which need not exist as a string of its own: a part of a path will do. */
    static final class NameProbe implements HashTrie.Probe<Znode> {
        private final String path;
        private final int from;
        private final int length;
        private final int nameHash;

        NameProbe(String path, int from, int to) {
            this.path = path;
            this.from = from;
            this.length = to - from;
            this.nameHash = hashOf(path, from, to);
        }

        int nameHash() {
            return nameHash;
        }

        int nameLength() {
            return length;
        }

        /** What {@link String#hashCode} would give. */
        private static int hashOf(String path, int from, int to) {
            int hash = 0;
            for (int at = from; at < to; at++) {
                hash = 31 * hash + path.charAt(at);
            }
            return hash;
        }

        @Override
        public int trieHash() {
            return HashTrie.spread(nameHash);
        }

        @Override
        public boolean matches(Znode entry) {
            return entry.name.length() == length && path.startsWith(entry.name, from);
        }
    }
}
