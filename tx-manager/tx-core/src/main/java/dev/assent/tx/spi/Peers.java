package dev.assent.tx.spi;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether the other nodes seem to be alive. Thread-safe; no method blocks. */
public interface Peers {

    /** Nobody is attended to, so nobody is suspected: the store's sessions alone tell who is gone. */
    Peers UNKNOWN = new Peers() {
        @Override
        public void attendTo(SortedMap<String, String> addresses) {
            // Nobody is.
        }

        @Override
        public SortedSet<String> suspected() {
            return new TreeSet<>();
        }

        @Override
        public void onChange(Runnable listener) {
            // Nothing changes.
        }
    };

    /** These are the others, by their ids; an address that is empty cannot be reached. */
    void attendTo(SortedMap<String, String> addresses);

    /** Who seems dead. */
    SortedSet<String> suspected();

    /** Calls {@code listener} after each change of {@link #suspected}. */
    void onChange(Runnable listener);
}
