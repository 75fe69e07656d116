package dev.assent.coordination.model;

/**
 * What a client learns about a znode beside its data.
 *
 * @param created when and by which transaction
 * @param modified the last change of the data
 * @param childrenChanged pzxid: the last create or delete of a child
 * @param versions counters of changes
 * @param ephemeralOwner the owning session; 0 for any znode but an ephemeral one
 * @param dataLength bytes of data
 * @param numChildren direct children
 */
public record Stat(
        Stamp created,
        Stamp modified,
        long childrenChanged,
        Versions versions,
        long ephemeralOwner,
        int dataLength,
        int numChildren) {

    /**
     * A point in history.
     *
     * @param zxid the transaction
     * @param wallMillis the leader's wall clock when it prepared the transaction
     */
    public record Stamp(long zxid, long wallMillis) {}

    /**
     * How often something changed.
     *
     * @param data changes of the data
     * @param children creates and deletes of children; -1 and -2 on fresh system znodes, as in ZooKeeper
     * @param acl changes of the ACL
     */
    public record Versions(int data, int children, int acl) {}
}
