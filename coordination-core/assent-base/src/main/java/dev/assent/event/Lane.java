package dev.assent.event;

/** The threads that work for one resource alone, and the calls that find none free. Neither method waits for anything. */
public interface Lane {
    /** Calls that have a thread. */
    int running();

    /** Calls that wait for one. */
    int waiting();
}
