package dev.assent.coordination.model;

import java.util.List;

/**
 * Who may do what with a znode: an immutable value that many znodes share.
 *
 * @param entries at most {@link #ENTRIES_MAX}; a right is granted if any entry grants it
 */
public record Acl(List<Entry> entries) {
    public static final int ENTRIES_MAX = 1_024;

    /** Everybody may do everything. */
    public static final Acl OPEN = new Acl(List.of(new Entry(Permission.ALL_BITS, Identity.ANYONE)));

    /** Everybody may read. */
    public static final Acl READ_ONLY = new Acl(List.of(new Entry(Permission.READ.bit(), Identity.ANYONE)));

    /**
     * Some rights for somebody.
     *
     * @param permissionBits a mask of {@link Permission#bit}
     */
    public record Entry(int permissionBits, Identity identity) {
        public boolean grants(Permission permission) {
            return (permissionBits & permission.bit()) != 0;
        }
    }

    public Acl {
        entries = List.copyOf(entries);
        if (entries.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException("an ACL of " + entries.size() + " entries has more than " + ENTRIES_MAX);
        }
    }

    /** The shared constant if this ACL is a common one: most znodes then hold no ACL of their own. */
    public Acl shared() {
        return equals(OPEN) ? OPEN : this;
    }
}
