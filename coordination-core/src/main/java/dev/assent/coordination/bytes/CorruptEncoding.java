package dev.assent.coordination.bytes;

import java.io.IOException;

/** Bytes that no server of ours wrote: a damaged disk, or a peer of another make. Nothing of them is used. */
public final class CorruptEncoding extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptEncoding(String what) {
        super(what);
    }
}
