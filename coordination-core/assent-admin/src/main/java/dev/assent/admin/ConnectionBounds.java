package dev.assent.admin;

import java.util.Properties;

/**
 * How many connections the JDK's HTTP server holds, and how long one may say nothing. It reads that once in a process, before
 * the first server is made, from properties of the system; what an operator has set there stays.
 */
final class ConnectionBounds {
    /** Of all connections, to all such servers of the process each; one more is closed. */
    static final int CONNECTIONS_MAX = 256;

    /** A connection that has brought no request for so long is closed, one that was never used and one that was. */
    static final int SILENCE_SECONDS_MAX = 10;

    /** Between two looks for such connections. */
    static final int LOOK_MILLIS = 2_000;

    private ConnectionBounds() {}

    static void setIn(Properties system) {
        system.putIfAbsent("jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS_MAX));
        system.putIfAbsent("sun.net.httpserver.maxIdleConnections", Integer.toString(CONNECTIONS_MAX));
        system.putIfAbsent("sun.net.httpserver.idleInterval", Integer.toString(SILENCE_SECONDS_MAX));
        system.putIfAbsent("sun.net.httpserver.clockTick", Integer.toString(LOOK_MILLIS));
    }
}
