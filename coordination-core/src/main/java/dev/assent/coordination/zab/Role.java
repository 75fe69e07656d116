package dev.assent.coordination.zab;

/** What a peer does in the ensemble at the moment. */
public enum Role {
    LOOKING,
    FOLLOWING,
    LEADING,
    OBSERVING
}
