package dev.assent.tx.protocol;

/** Which way a branch is told its end. */
public enum Route {
    /** The participant that did the work: it alone may know how a branch ended that its resource knows no more. */
    WORKER,
    /** Whoever reaches the resource now. */
    ANY
}
