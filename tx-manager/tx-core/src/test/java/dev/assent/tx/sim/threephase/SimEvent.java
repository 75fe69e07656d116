package dev.assent.tx.sim.threephase;

/**
 * Something that has not happened yet.
 *
 * @param from who sent it
 * @param to whom it happens
 * @param life of {@code to}: a disk's answer or a timer is gone with the process; messages reach whoever lives then
 * @param lost what comes of a message that never arrives
 */
record SimEvent(Kind kind, int from, int to, int life, String what, Runnable happens, Runnable lost) {
    enum Kind {
        MESSAGE,
        DISK,
        TIMER,
        STORE
    }

    static final Runnable NOTHING = () -> {};

    boolean isMessage() {
        return kind == Kind.MESSAGE;
    }

    boolean isTimer() {
        return kind == Kind.TIMER;
    }
}
