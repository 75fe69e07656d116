package dev.assent.rm.xa.quirk;

/** What a driver knows, without asking the database, of the database's own transaction on a connection. */
public enum SessionState {
    OPEN,
    /** The database has given it up; it can only be rolled back. */
    FAILED,
    NONE,
    /** The driver does not tell. */
    UNKNOWN
}
