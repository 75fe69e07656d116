package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import dev.assent.invariants.Invariants;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction being applied: from a tree to the next. Used once, by one thread. A transaction that does not fit
 * the tree is a bug of the leader's preparer or a diverged replica, and stops this server.
 */
final class TreeEdit implements Txn.Handler<Applied>, Change.Handler<OpResult> {
    private final Zxid zxid;
    private Znode root;
    private HashTrie<SessionState> sessions;
    private DueZnodes due;
    private long digest;
    private long znodeCount;
    private long wallMillis;
    private final List<Trigger> triggers = new ArrayList<>(2);

    TreeEdit(DataTree tree, Zxid zxid) {
        Invariants.check(zxid.isAfter(tree.zxid()), "zxid %s is not after %s", zxid, tree.zxid());
        this.zxid = zxid;
        this.root = tree.root();
        this.sessions = tree.sessionTrie();
        this.due = tree.dueZnodes();
        this.digest = tree.digest();
        this.znodeCount = tree.znodeCount();
    }

    static DataTree initial(Payload config) {
        Znode root = systemZnode("", Payload.EMPTY);
        Znode quota = systemZnode("quota", Payload.EMPTY);
        Znode readOnly = systemZnode("config", config).withAcl(Acl.READ_ONLY, Znode.History.NONE.aclChanged(-1));
        Znode zookeeper = systemZnode("zookeeper", Payload.EMPTY)
                .withChild(quota, Znode.History.NONE)
                .withChild(readOnly, Znode.History.NONE);
        root = root.withChild(zookeeper, Znode.History.NONE);
        return TreeRebuild.tree(Zxid.ZERO, root, HashTrie.empty());
    }

    /** One of ZooKeeper's own: no transaction made it. */
    private static Znode systemZnode(String name, Payload data) {
        return new Znode(new Znode.Birth(name, 0, 0, 0), data.array(), Acl.OPEN, Znode.History.NONE, HashTrie.empty());
    }

    Applied apply(Txn txn) {
        wallMillis = txn.header().wallMillis();
        return txn.accept(this);
    }

    private Applied applied(ErrorCode error, List<OpResult> results) {
        DataTree next = new DataTree(zxid, root, sessions, due, digest, znodeCount);
        return new Applied(next, error, results, triggers);
    }

    @Override
    public Applied single(Txn.Single txn) {
        return applied(ErrorCode.OK, List.of(txn.change().accept(this)));
    }

    @Override
    public Applied multi(Txn.Multi txn) {
        List<OpResult> results = new ArrayList<>(txn.changes().size());
        for (Change change : txn.changes()) {
            results.add(change.accept(this));
        }
        return applied(ErrorCode.OK, results);
    }

    @Override
    public Applied openSession(Txn.OpenSession txn) {
        SessionId id = txn.header().session();
        Invariants.check(sessions.find(new SessionState.Key(id.value())) == null, "session %s is open already", id);
        SessionState session = new SessionState(id, txn.password(), txn.timeoutMillis());
        sessions = sessions.with(session);
        digest += session.digest();
        return applied(ErrorCode.OK, List.of());
    }

    @Override
    public Applied closeSession(Txn.CloseSession txn) {
        return ended(txn);
    }

    @Override
    public Applied expireSessions(Txn.ExpireSessions txn) {
        return ended(txn);
    }

    /** What many sessions are and have goes at once: each node of a trie is made anew once at most. */
    private Applied ended(Txn txn) {
        List<SessionState> over = new ArrayList<>(txn.closedSessions().size());
        Siblings gone = new Siblings();
        for (SessionId id : txn.closedSessions()) {
            SessionState session = session(id.value());
            over.add(session);
            digest -= session.digest();
            session.ephemerals().forEach(gone::add);
        }
        gone.forEach(this::removeAll);
        sessions = sessions.withoutAll(over);
        return applied(ErrorCode.OK, List.of());
    }

    private void removeAll(ZnodePath parentPath, List<ZnodePath> paths) {
        Chain chain = descend(parentPath.value());
        Znode parent = nodeAt(chain, parentPath);
        int nameAt = parentPath.isRoot() ? 1 : parentPath.value().length() + 1;
        List<Znode> nodes = new ArrayList<>(paths.size());
        for (ZnodePath path : paths) {
            Znode.NameProbe probe =
                    new Znode.NameProbe(path.value(), nameAt, path.value().length());
            Znode node = present(parent.child(probe), path.value());
            nodes.add(node);
            digest -= Digest.ofZnode(Digest.ofPath(chain.digestOfPath, probe.nameHash(), probe.nameLength()), node);
            triggers.add(new Trigger(EventType.NODE_DELETED, path, node.acl()));
            triggers.add(new Trigger(EventType.NODE_CHILDREN_CHANGED, parentPath, parent.acl()));
        }
        Znode.History history = parent.history();
        Znode left = parent.withoutChildren(nodes, history.childrenChanged(zxid.value(), history.childrenCreated()));
        digest += Digest.ofSurroundings(chain.digestOfPath, left) - Digest.ofSurroundings(chain.digestOfPath, parent);
        moveDue(parent.dueMillis(), left.dueMillis(), parentPath);
        replaceNode(chain, left);
        znodeCount -= nodes.size();
    }

    @Override
    public Applied rejected(Txn.Rejected txn) {
        List<OpResult> results = new ArrayList<>(txn.opErrors().size());
        for (ErrorCode error : txn.opErrors()) {
            results.add(new OpResult.Failed(error));
        }
        return applied(txn.error(), results);
    }

    @Override
    public OpResult create(Change.Create change) {
        ZnodePath path = change.path();
        Chain chain = descend(path.value());
        Znode parent = chain.parent();
        Invariants.check(parent.child(chain.probe) == null, "%s is there already", path);
        Payload data = change.data();
        Znode.Birth birth = new Znode.Birth(path.name(), zxid.value(), wallMillis, change.ephemeralOwner());
        Acl acl = change.acl().equals(parent.acl()) ? parent.acl() : change.acl();
        Znode created = new Znode(birth, data == null ? null : data.array(), acl, Znode.History.NONE, HashTrie.empty());

        Znode changedParent =
                parent.withChild(created, parent.history().childrenChanged(zxid.value(), change.childrenCreated()));
        replaceParent(chain, path, changedParent);
        digest += Digest.ofZnode(chain.digestOfPath, created);
        znodeCount++;
        if (created.isEphemeral()) {
            sessions = sessions.with(session(created.ephemeralOwner()).withEphemeral(path));
        }
        moveDue(Znode.NEVER, created.dueMillis(), path);
        triggers.add(new Trigger(EventType.NODE_CREATED, path, acl));
        triggers.add(new Trigger(EventType.NODE_CHILDREN_CHANGED, path.parent(), parent.acl()));
        return new OpResult.Created(path, created);
    }

    /** The time at which the leader is to delete a znode has changed, or not. */
    private void moveDue(long fromMillis, long toMillis, ZnodePath path) {
        if (fromMillis == toMillis) {
            return;
        }
        if (fromMillis != Znode.NEVER) {
            due = due.without(fromMillis, path);
        }
        if (toMillis != Znode.NEVER) {
            due = due.with(toMillis, path);
        }
    }

    @Override
    public OpResult delete(Change.Delete change) {
        Znode deleted = remove(change.path());
        if (deleted.isEphemeral()) {
            sessions = sessions.with(session(deleted.ephemeralOwner()).withoutEphemeral(change.path()));
        }
        return new OpResult.Deleted();
    }

    private Znode remove(ZnodePath path) {
        Chain chain = descend(path.value());
        Znode parent = chain.parent();
        Znode node = present(parent.child(chain.probe), path.value());
        Invariants.check(node.numChildren() == 0, "%s is deleted while it has children", path);
        Znode.History history = parent.history();
        replaceParent(
                chain,
                path,
                parent.withoutChild(node, history.childrenChanged(zxid.value(), history.childrenCreated())));
        moveDue(node.dueMillis(), Znode.NEVER, path);
        digest -= Digest.ofZnode(chain.digestOfPath, node);
        znodeCount--;
        triggers.add(new Trigger(EventType.NODE_DELETED, path, node.acl()));
        triggers.add(new Trigger(EventType.NODE_CHILDREN_CHANGED, path.parent(), parent.acl()));
        return node;
    }

    @Override
    public OpResult setData(Change.SetData change) {
        Chain chain = descend(change.path().value());
        Znode node = nodeAt(chain, change.path());
        Payload data = change.data();
        Znode changed = node.withData(
                data == null ? null : data.array(),
                node.history().dataChanged(zxid.value(), wallMillis, change.newVersion()));
        digest += Digest.ofContent(chain.digestOfPath, changed) - Digest.ofContent(chain.digestOfPath, node);
        replaceNode(chain, changed);
        moveDue(node.dueMillis(), changed.dueMillis(), change.path());
        triggers.add(new Trigger(EventType.NODE_DATA_CHANGED, change.path(), node.acl()));
        return new OpResult.Changed(changed);
    }

    @Override
    public OpResult setAcl(Change.SetAcl change) {
        Chain chain = descend(change.path().value());
        Znode node = nodeAt(chain, change.path());
        Znode changed = node.withAcl(change.acl(), node.history().aclChanged(change.newVersion()));
        digest += Digest.ofSurroundings(chain.digestOfPath, changed) - Digest.ofSurroundings(chain.digestOfPath, node);
        replaceNode(chain, changed);
        return new OpResult.Changed(changed);
    }

    @Override
    public OpResult check(Change.Check change) {
        return new OpResult.Checked();
    }

    private SessionState session(long id) {
        return Invariants.present(
                sessions.find(new SessionState.Key(id)), "session %s is not open", Long.toHexString(id));
    }

    private static Znode present(@Nullable Znode node, String path) {
        return Invariants.present(node, "%s is missing", path);
    }

    private Chain descend(String path) {
        if (path.length() == 1) {
            return new Chain(new Znode[0], new Znode.NameProbe(path, 1, 1), 0, Digest.ofRootPath());
        }
        Znode[] ancestors = new Znode[namesIn(path)];
        long digestOfPath = Digest.ofRootPath();
        Znode node = root;
        int from = 1;
        for (int depth = 0; ; depth++) {
            ancestors[depth] = node;
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            Znode.NameProbe probe = new Znode.NameProbe(path, from, to);
            long digestOfParent = digestOfPath;
            digestOfPath = Digest.ofPath(digestOfParent, probe.nameHash(), probe.nameLength());
            if (slash < 0) {
                return new Chain(ancestors, probe, digestOfParent, digestOfPath);
            }
            node = present(node.child(probe), path);
            from = to + 1;
        }
    }

    private static int namesIn(String path) {
        int names = 0;
        for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
            names++;
        }
        return names;
    }

    /** Puts {@code parent} in the place of the parent of the child at {@code path}. */
    private void replaceParent(Chain chain, ZnodePath path, Znode parent) {
        long before = chain.parent().dueMillis();
        long after = parent.dueMillis();
        if (before != after) {
            moveDue(before, after, path.parent());
        }
        digest += Digest.ofSurroundings(chain.digestOfParent, parent)
                - Digest.ofSurroundings(chain.digestOfParent, chain.parent());
        replaceFrom(chain, chain.ancestors.length - 1, parent);
    }

    private void replaceNode(Chain chain, Znode node) {
        replaceFrom(chain, chain.ancestors.length, node);
    }

    /** Puts {@code changed} in its place at {@code depth}, and so makes new ancestors up to the root. */
    private void replaceFrom(Chain chain, int depth, Znode changed) {
        Znode node = changed;
        for (int above = depth - 1; above >= 0; above--) {
            Znode ancestor = chain.ancestors[above];
            node = ancestor.withChild(node, ancestor.history());
        }
        root = node;
    }

    /** The way to a path: its ancestors from the root to the parent, and the probe that finds it there. */
    private static final class Chain {
        final Znode[] ancestors;
        final Znode.NameProbe probe;
        final long digestOfParent;
        final long digestOfPath;

        Chain(Znode[] ancestors, Znode.NameProbe probe, long digestOfParent, long digestOfPath) {
            this.ancestors = ancestors;
            this.probe = probe;
            this.digestOfParent = digestOfParent;
            this.digestOfPath = digestOfPath;
        }

        Znode parent() {
            return ancestors[ancestors.length - 1];
        }
    }

    private Znode nodeAt(Chain chain, ZnodePath path) {
        return path.isRoot() ? root : present(chain.parent().child(chain.probe), path.value());
    }
}
