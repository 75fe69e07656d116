package dev.assent.event;

/** Ends with {@link #close}: nothing is heard any more once it has returned, but for a call under way. */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
