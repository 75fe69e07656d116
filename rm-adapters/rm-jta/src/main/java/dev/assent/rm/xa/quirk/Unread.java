package dev.assent.rm.xa.quirk;

/** Whether a database has said something on an unused connection, as it does when it ends it. */
public enum Unread {
    NOTHING,
    SOMETHING,
    /** It cannot be seen without waiting. */
    UNKNOWN
}
