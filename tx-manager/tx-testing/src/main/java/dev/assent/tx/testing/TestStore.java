package dev.assent.tx.testing;

import java.io.IOException;

/** A store that speaks ZooKeeper's client protocol, and whose failures a test can order. */
public interface TestStore extends AutoCloseable {
    String connectString();

    /** Starts again where it was, with what it had. */
    void start() throws IOException;

    void stop();

    /** Cuts every client off for a moment; sessions live on. */
    void dropConnections();

    @Override
    void close();
}
