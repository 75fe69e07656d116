package dev.assent.tx.node;

/** A configuration that no node can run with; the message names the file, the key and the remedy. */
public final class NodeConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public NodeConfigException(String message) {
        super(message);
    }

    public NodeConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
