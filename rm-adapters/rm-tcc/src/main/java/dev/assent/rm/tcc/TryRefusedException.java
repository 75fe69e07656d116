package dev.assent.rm.tcc;

/** A try came too late: its branch was cancelled already, or its transaction is long over. Nothing was done. */
public final class TryRefusedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    TryRefusedException(String message) {
        super(message);
    }
}
