package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.CreateMode;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Stat;
import dev.assent.coordination.model.WriteOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** ZooKeeper's rules written down a second time, as naively as possible: one mutable map, no pending state. */
final class ModelStore implements WriteOp.Handler<ModelStore.Result> {
    /** Of one operation: an error, or OK with the path and Stat that a client would get. */
    record Result(
            ErrorCode error,
            @Nullable String path,
            @Nullable Stat stat) {
        static Result failed(ErrorCode error) {
            return new Result(error, null, null);
        }
    }

    static final class Node implements Cloneable {
        long czxid;
        long mzxid;
        long pzxid;
        long ctime;
        long mtime;
        int version;
        int aversion;
        int creates;
        int deletes;
        int children;
        long owner;
        long ttl;

        @Nullable
        Payload data;

        Acl acl = Acl.OPEN;

        Stat stat() {
            Payload bytes = data;
            return new Stat(
                    new Stat.Stamp(czxid, ctime),
                    new Stat.Stamp(mzxid, mtime),
                    pzxid,
                    new Stat.Versions(version, creates + deletes, aversion),
                    owner == Owner.CONTAINER ? 0 : owner,
                    bytes == null ? 0 : bytes.size(),
                    children);
        }

        @Override
        public Node clone() {
            try {
                return (Node) super.clone();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    TreeMap<String, Node> nodes = new TreeMap<>();
    final TreeSet<SessionId> sessions = new TreeSet<>();
    private long zxid;
    private long wallMillis;
    private SessionId session = Txn.Header.NO_CLIENT;
    private List<Identity> identities = List.of();

    ModelStore() {
        nodes.put("/", new Node());
        nodes.put("/zookeeper", new Node());
        nodes.put("/zookeeper/quota", new Node());
        nodes.put("/zookeeper/config", new Node());
        node("/").children = 1;
        node("/").deletes = -1;
        node("/zookeeper").children = 2;
        node("/zookeeper").deletes = -2;
        node("/zookeeper/config").acl = Acl.READ_ONLY;
        node("/zookeeper/config").aversion = -1;
        nodes.values().forEach(node -> node.data = Payload.EMPTY);
    }

    private Node node(String path) {
        Node node = nodes.get(path);
        if (node == null) {
            throw new AssertionError("the model lacks " + path);
        }
        return node;
    }

    /** All of {@code ops} or none. */
    List<Result> run(Txn.Header header, long atZxid, List<Identity> by, List<WriteOp> ops) {
        zxid = atZxid;
        wallMillis = header.wallMillis();
        session = header.session();
        identities = by;
        TreeMap<String, Node> before = new TreeMap<>();
        nodes.forEach((path, node) -> before.put(path, node.clone()));
        List<Result> results = new ArrayList<>();
        for (WriteOp op : ops) {
            Result result = op.accept(this);
            results.add(result);
            if (result.error() != ErrorCode.OK) {
                nodes = before;
                return failure(results.size() - 1, result.error(), ops.size());
            }
        }
        return results;
    }

    private static List<Result> failure(int at, ErrorCode error, int count) {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ErrorCode after = i < at ? ErrorCode.OK : ErrorCode.RUNTIME_INCONSISTENCY;
            results.add(Result.failed(i == at ? error : after));
        }
        return results;
    }

    /** When the ensemble deletes it if nothing happens; never if that is after everything. */
    static long dueMillis(Node node) {
        if (node.children > 0) {
            return Long.MAX_VALUE;
        }
        boolean abandoned = node.owner == Owner.CONTAINER && node.creates > 0;
        long end = node.ttl > 0 ? node.mtime + node.ttl : Long.MAX_VALUE;
        return abandoned ? 0 : end;
    }

    void close(SessionId closing, long atZxid) {
        zxid = atZxid;
        sessions.remove(closing);
        for (String path : new ArrayList<>(nodes.keySet())) {
            if (node(path).owner == closing.value()) {
                unlink(path);
            }
        }
    }

    private void unlink(String path) {
        nodes.remove(path);
        Node parent = node(parentOf(path));
        parent.children--;
        parent.deletes++;
        parent.pzxid = zxid;
    }

    private static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash == 0 ? "/" : path.substring(0, slash);
    }

    private boolean may(Permission permission, Node node) {
        for (Acl.Entry entry : node.acl.entries()) {
            if (entry.grants(permission)
                    && (entry.identity().equals(Identity.ANYONE) || identities.contains(entry.identity()))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Result create(WriteOp.Create op) {
        CreateMode mode = CreateMode.ofFlag(op.flag()).orElseThrow();
        if (mode.hasTtl() && op.ttlMillis() < 1) {
            return Result.failed(ErrorCode.BAD_ARGUMENTS);
        }
        Node parent = nodes.get(parentOf(op.path()));
        if (parent == null) {
            return Result.failed(ErrorCode.NO_NODE);
        }
        if (!may(Permission.CREATE, parent)) {
            return Result.failed(ErrorCode.NO_AUTH);
        }
        String path = mode.sequential() ? op.path() + String.format(Locale.ROOT, "%010d", parent.creates) : op.path();
        if (nodes.containsKey(path)) {
            return Result.failed(ErrorCode.NODE_EXISTS);
        }
        if (parent.owner != 0 && parent.owner != Owner.CONTAINER) {
            return Result.failed(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS);
        }
        Node created = new Node();
        created.czxid = zxid;
        created.mzxid = zxid;
        created.pzxid = zxid;
        created.ctime = wallMillis;
        created.mtime = wallMillis;
        created.data = op.data();
        created.acl = op.acl();
        long owner = mode.ephemeral() ? session.value() : 0;
        created.ttl = mode.hasTtl() ? op.ttlMillis() : 0;
        created.owner = mode == CreateMode.CONTAINER ? Owner.CONTAINER : owner;
        nodes.put(path, created);
        parent.children++;
        parent.creates++;
        parent.pzxid = zxid;
        return new Result(ErrorCode.OK, path, created.stat());
    }

    @Override
    public Result delete(WriteOp.Delete op) {
        if (op.path().equals("/")) {
            return Result.failed(ErrorCode.BAD_ARGUMENTS);
        }
        Node parent = nodes.get(parentOf(op.path()));
        Node node = nodes.get(op.path());
        if (parent == null) {
            return Result.failed(ErrorCode.NO_NODE);
        }
        if (!may(Permission.DELETE, parent)) {
            return Result.failed(ErrorCode.NO_AUTH);
        }
        if (node == null) {
            return Result.failed(ErrorCode.NO_NODE);
        }
        if (op.version() != -1 && op.version() != node.version) {
            return Result.failed(ErrorCode.BAD_VERSION);
        }
        if (node.children > 0) {
            return Result.failed(ErrorCode.NOT_EMPTY);
        }
        unlink(op.path());
        return new Result(ErrorCode.OK, null, null);
    }

    @Override
    public Result setData(WriteOp.SetData op) {
        Node node = nodes.get(op.path());
        ErrorCode error = refusal(node, Permission.WRITE, op.version(), false);
        if (node == null || error != ErrorCode.OK) {
            return Result.failed(error);
        }
        node.version++;
        node.data = op.data();
        node.mzxid = zxid;
        node.mtime = wallMillis;
        return new Result(ErrorCode.OK, null, node.stat());
    }

    @Override
    public Result setAcl(WriteOp.SetAcl op) {
        Node node = nodes.get(op.path());
        ErrorCode error = refusal(node, Permission.ADMIN, op.version(), true);
        if (node == null || error != ErrorCode.OK) {
            return Result.failed(error);
        }
        node.aversion++;
        node.acl = op.acl();
        return new Result(ErrorCode.OK, null, node.stat());
    }

    @Override
    public Result check(WriteOp.Check op) {
        return new Result(refusal(nodes.get(op.path()), Permission.READ, op.version(), false), null, null);
    }

    private ErrorCode refusal(@Nullable Node node, Permission permission, int expected, boolean ofAcl) {
        if (node == null) {
            return ErrorCode.NO_NODE;
        }
        if (!may(permission, node)) {
            return ErrorCode.NO_AUTH;
        }
        boolean other = expected != -1 && expected != (ofAcl ? node.aversion : node.version);
        return other ? ErrorCode.BAD_VERSION : ErrorCode.OK;
    }
}
