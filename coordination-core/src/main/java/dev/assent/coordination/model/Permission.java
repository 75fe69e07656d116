package dev.assent.coordination.model;

/** A right on a znode, with its bit in ZooKeeper's masks. */
public enum Permission {
    READ(1),
    WRITE(2),
    /** To create children. */
    CREATE(4),
    /** To delete children. */
    DELETE(8),
    /** To change the ACL. */
    ADMIN(16);

    /** Every right. */
    public static final int ALL_BITS = 31;

    private final int bit;

    Permission(int bit) {
        this.bit = bit;
    }

    public int bit() {
        return bit;
    }
}
