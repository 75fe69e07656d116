package dev.assent.coordination.codec;

import java.io.IOException;

/** Bytes that are no message; says which field is wrong and how. */
public final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }
}
