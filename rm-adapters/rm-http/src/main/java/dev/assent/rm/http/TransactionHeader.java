package dev.assent.rm.http;

/**
 * The header that carries a transaction from one service to the next. In a request its value is the transaction's
 * token; in an answer {@link #JOINED} says that the work belongs to it.
 */
public final class TransactionHeader {
    public static final String NAME = "Assent-Transaction";

    /** In an answer: the service took part in the request's transaction. */
    public static final String JOINED = "joined";

    /** Longest token, in characters. */
    public static final int TOKEN_CHARACTERS_MAX = 256;

    private TransactionHeader() {}

    /** Whether {@code value} has the form of a token: 1 to 256 printable ASCII characters without spaces. */
    public static boolean isWellFormed(String value) {
        return !value.isEmpty()
                && value.length() <= TOKEN_CHARACTERS_MAX
                && value.chars().allMatch(character -> character > ' ' && character < 0x7F);
    }
}
