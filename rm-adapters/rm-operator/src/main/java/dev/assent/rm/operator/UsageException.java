package dev.assent.rm.operator;

/** What was asked for cannot be meant; the message says what to write instead. Nothing was done. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
