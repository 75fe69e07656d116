package dev.assent.coordination.jute;

/** Request numbers with a meaning of their own. */
public enum SpecialXid {
    NOTIFICATION(-1),
    PING(-2),
    AUTH(-4),
    SET_WATCHES(-8);

    private final int xid;

    SpecialXid(int xid) {
        this.xid = xid;
    }

    /** The number on the wire. */
    public int xid() {
        return xid;
    }
}
