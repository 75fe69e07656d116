package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.CreateMode;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides single operations of one request and stages what they change. Checks come in ZooKeeper's order. */
final class OpPreparer implements WriteOp.Handler<OpPreparer.Outcome> {

    /** A change, or why there is none. */
    record Outcome(ErrorCode error, @Nullable Change change) {}

    /** These can neither be created nor deleted by clients. */
    private static final Set<String> SYSTEM_PATHS = Set.of("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config");

    private static final int SUFFIX_DIGITS = 10;

    private final PendingState pending;
    private final SessionId session;
    private final List<Identity> identities;

    OpPreparer(PendingState pending, SessionId session, List<Identity> identities) {
        this.pending = pending;
        this.session = session;
        this.identities = identities;
    }

    @Override
    public Outcome create(WriteOp.Create op) {
        Optional<CreateMode> mode = CreateMode.ofFlag(op.flag());
        if (mode.isEmpty()) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        boolean fitting = mode.get().hasTtl() ? Owner.isTtl(op.ttlMillis()) : op.ttlMillis() < 0;
        if (!fitting) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        if (hasNoParent(op.path())) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        Optional<Acl> acl = Access.resolve(op.acl(), identities);
        if (acl.isEmpty()) {
            return refused(ErrorCode.INVALID_ACL);
        }
        return createUnderParent(op, mode.get(), acl.get());
    }

    private Outcome createUnderParent(WriteOp.Create op, CreateMode mode, Acl acl) {
        String parentPath = parentOf(op.path());
        PendingZnode parent = pending.node(parentPath);
        if (parent == null) {
            return refused(ErrorCode.NO_NODE);
        }
        if (!may(Permission.CREATE, parent)) {
            return refused(ErrorCode.NO_AUTH);
        }
        String path = mode.sequential() ? op.path() + suffix(parent.childrenCreated()) : op.path();
        if (ZnodePath.problemWith(path) != null) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        if (pending.node(path) != null) {
            return refused(ErrorCode.NODE_EXISTS);
        }
        if (parent.isEphemeral()) {
            return refused(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS);
        }
        long owner = ownerOf(mode, op.ttlMillis());
        PendingZnode changedParent = parent.withChildCreated();
        pending.stage(parentPath, changedParent);
        pending.stage(path, PendingZnode.created(acl, owner));
        return done(new Change.Create(new ZnodePath(path), op.data(), acl, owner, changedParent.childrenCreated()));
    }

    private long ownerOf(CreateMode mode, long ttlMillis) {
        return switch (mode) {
            case PERSISTENT, PERSISTENT_SEQUENTIAL -> Owner.NOBODY;
            case EPHEMERAL, EPHEMERAL_SEQUENTIAL -> session.value();
            case CONTAINER -> Owner.CONTAINER;
            case PERSISTENT_WITH_TTL, PERSISTENT_SEQUENTIAL_WITH_TTL -> Owner.ofTtl(ttlMillis);
        };
    }

    @Override
    public Outcome delete(WriteOp.Delete op) {
        String path = op.path();
        if (hasNoParent(path) || SYSTEM_PATHS.contains(path)) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        String parentPath = parentOf(path);
        PendingZnode parent = pending.node(parentPath);
        if (parent == null) {
            return refused(ErrorCode.NO_NODE);
        }
        if (!may(Permission.DELETE, parent)) {
            return refused(ErrorCode.NO_AUTH);
        }
        PendingZnode node = pending.node(path);
        if (node == null) {
            return refused(ErrorCode.NO_NODE);
        }
        if (isOther(op.version(), node.version())) {
            return refused(ErrorCode.BAD_VERSION);
        }
        if (node.numChildren() > 0) {
            return refused(ErrorCode.NOT_EMPTY);
        }
        pending.stage(parentPath, parent.withChildrenDeleted(1));
        pending.stageGone(path);
        return done(new Change.Delete(new ZnodePath(path)));
    }

    @Override
    public Outcome setData(WriteOp.SetData op) {
        if (ZnodePath.problemWith(op.path()) != null) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        PendingZnode node = pending.node(op.path());
        if (node == null) {
            return refused(ErrorCode.NO_NODE);
        }
        if (!may(Permission.WRITE, node)) {
            return refused(ErrorCode.NO_AUTH);
        }
        if (isOther(op.version(), node.version())) {
            return refused(ErrorCode.BAD_VERSION);
        }
        int newVersion = after(node.version());
        pending.stage(op.path(), node.withVersion(newVersion));
        return done(new Change.SetData(new ZnodePath(op.path()), op.data(), newVersion));
    }

    @Override
    public Outcome setAcl(WriteOp.SetAcl op) {
        if (ZnodePath.problemWith(op.path()) != null) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        Optional<Acl> acl = Access.resolve(op.acl(), identities);
        if (acl.isEmpty()) {
            return refused(ErrorCode.INVALID_ACL);
        }
        PendingZnode node = pending.node(op.path());
        if (node == null) {
            return refused(ErrorCode.NO_NODE);
        }
        if (!may(Permission.ADMIN, node)) {
            return refused(ErrorCode.NO_AUTH);
        }
        if (isOther(op.version(), node.aversion())) {
            return refused(ErrorCode.BAD_VERSION);
        }
        int newVersion = after(node.aversion());
        pending.stage(op.path(), node.withAcl(acl.get(), newVersion));
        return done(new Change.SetAcl(new ZnodePath(op.path()), acl.get(), newVersion));
    }

    @Override
    public Outcome check(WriteOp.Check op) {
        if (ZnodePath.problemWith(op.path()) != null) {
            return refused(ErrorCode.BAD_ARGUMENTS);
        }
        PendingZnode node = pending.node(op.path());
        if (node == null) {
            return refused(ErrorCode.NO_NODE);
        }
        if (!may(Permission.READ, node)) {
            return refused(ErrorCode.NO_AUTH);
        }
        return isOther(op.version(), node.version())
                ? refused(ErrorCode.BAD_VERSION)
                : done(new Change.Check(new ZnodePath(op.path())));
    }

    /** What is wrong with a path beside this shows when it is looked for; it says which error comes first. */
    private static boolean hasNoParent(String path) {
        return path.indexOf('/') < 0 || path.indexOf('\0') >= 0;
    }

    private boolean may(Permission permission, PendingZnode node) {
        return Access.permits(node.acl(), permission, identities);
    }

    private static Outcome done(Change change) {
        return new Outcome(ErrorCode.OK, change);
    }

    private static Outcome refused(ErrorCode error) {
        return new Outcome(error, null);
    }

    private static boolean isOther(int expectedVersion, int version) {
        return expectedVersion != WriteOp.ANY_VERSION && expectedVersion != version;
    }

    /** The next version; never the one that means any. */
    static int after(int version) {
        return version + 1 == WriteOp.ANY_VERSION ? 0 : version + 1;
    }

    /** The root is its own parent here: creating it fails because it exists. */
    static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /** At least ten digits, as ZooKeeper's clients parse them. */
    static String suffix(int number) {
        if (number < 0) {
            return String.format(Locale.ROOT, "%010d", number);
        }
        String digits = Integer.toString(number);
        return "0".repeat(SUFFIX_DIGITS - digits.length()) + digits;
    }
}
