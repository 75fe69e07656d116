package dev.assent.rm.http;

/**
 * A service was sent a transaction and answered as if it had done its work, but not that it took part. What it did may
 * stand by itself, so the transaction can only roll back.
 */
public final class NotJoinedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NotJoinedException(String host, int status, Object transaction) {
        super(host + " answered " + status + " without having joined " + transaction + ", which is rollback-only now;"
                + " what " + host + " did may stand by itself. Either its handlers have no TransactionFilter in front"
                + " of them, or something on the way takes the header " + TransactionHeader.NAME + " away, or a"
                + " redirect was followed to another host. Mend that, or exclude the host:"
                + " assent.http.excluded-hosts=" + host);
    }
}
