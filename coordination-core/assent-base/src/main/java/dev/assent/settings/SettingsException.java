package dev.assent.settings;

/** Settings that nothing can run with. The message is meant for the operator: where, what, and the remedy. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }

    public SettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
