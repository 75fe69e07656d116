package dev.assent.store;

import java.util.List;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * A znode with everything that the store tells of it; what stands beside the data may be a little older.
 *
 * @param node its data, and the Stat that they came with
 * @param childrenVersion how often a child has come or gone
 * @param aclVersion how often its ACL has been changed
 */
public record NodeDetail(
        Node node,
        long createdEpochMillis,
        long modifiedEpochMillis,
        int childrenVersion,
        int aclVersion,
        List<Permission> acl) {
    public NodeDetail {
        acl = List.copyOf(acl);
    }

    /**
     * Who may do what.
     *
     * @param letters some of {@code cdrwa}, as ZooKeeper's own tools write them
     */
    public record Permission(String scheme, String id, String letters) {}

    static NodeDetail of(Node node, Stat stat, List<ACL> acl) {
        return new NodeDetail(
                node,
                stat.getCtime(),
                stat.getMtime(),
                stat.getCversion(),
                stat.getAversion(),
                acl.stream()
                        .map(entry -> new Permission(
                                entry.getId().getScheme(), entry.getId().getId(), letters(entry.getPerms())))
                        .toList());
    }

    private static String letters(int permissions) {
        return letter(permissions, ZooDefs.Perms.CREATE, "c")
                + letter(permissions, ZooDefs.Perms.DELETE, "d")
                + letter(permissions, ZooDefs.Perms.READ, "r")
                + letter(permissions, ZooDefs.Perms.WRITE, "w")
                + letter(permissions, ZooDefs.Perms.ADMIN, "a");
    }

    private static String letter(int permissions, int one, String letter) {
        return (permissions & one) == 0 ? "" : letter;
    }
}
