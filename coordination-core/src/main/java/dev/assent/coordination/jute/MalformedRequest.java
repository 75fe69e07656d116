package dev.assent.coordination.jute;

/** A frame that no correct client sends: its connection is closed, after saying why in the log. */
public final class MalformedRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedRequest(String what, int offset) {
        super(what + " at byte " + offset + " of the frame");
        this.offset = offset;
    }

    /** Where in the frame, counted from its first byte after the length. */
    public int offset() {
        return offset;
    }
}
