package dev.assent.coordination.server.config;

/** The configuration cannot be used. The message is meant for the operator: what, where, and the remedy. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
