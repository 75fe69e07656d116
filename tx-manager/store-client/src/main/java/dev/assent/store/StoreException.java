package dev.assent.store;

import java.io.IOException;

/** The store refused a request, or did not answer it; in the second case nothing is known of its effect. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    private final StoreCode code;

    public StoreException(StoreCode code, String message) {
        super(message);
        this.code = code;
    }

    public StoreCode code() {
        return code;
    }

    public boolean is(StoreCode other) {
        return code == other;
    }

    /** Whether the store answered this request, so that another may fare better; it is not away. */
    public boolean isOfThisRequest() {
        return code != StoreCode.AUTHFAILED && !code.isSilence();
    }
}
