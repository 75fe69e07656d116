package dev.assent.coordination.planted.server;

/** Planted: settings from the environment outside of a Main class. */
public final class ReadsProperties {
    String home() {
        return System.getProperty("user.home", "");
    }
}
