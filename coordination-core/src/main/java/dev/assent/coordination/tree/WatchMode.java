package dev.assent.coordination.tree;

/** What a watch waits for, and how often. */
public enum WatchMode {
    /** Once: creation, change of data, deletion. Set by reading data and by asking for existence. */
    DATA,
    /** Once: a child created or deleted, deletion of the znode itself. Set by listing children. */
    CHILD,
    /** All of both, until removed. */
    PERSISTENT,
    /** Creation, change of data and deletion of the znode and all below it, until removed. */
    PERSISTENT_RECURSIVE;

    boolean oneShot() {
        return this == DATA || this == CHILD;
    }
}
