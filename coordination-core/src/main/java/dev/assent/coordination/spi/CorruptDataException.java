package dev.assent.coordination.spi;

import java.io.IOException;

/** Stored bytes are not what was written. The message names the file, the place in it and the remedy. */
public final class CorruptDataException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptDataException(String message) {
        super(message);
    }
}
