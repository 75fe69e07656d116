package dev.assent.tx.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * A transaction's id as text for headers: {@code at1-} and base64url of the gtrid and a CRC-32C.
 *
 * <p>The checksum tells a damaged token from a foreign one; what keeps strangers out is the {@link GlobalTxId.Unique} inside.
 */
public final class TransactionToken {
    private static final String PREFIX = "at1-";
    private static final int BYTES = GlobalTxId.BYTES + Integer.BYTES;
    private static final int BYTES_MAX = GlobalTxId.BYTES_MAX + Integer.BYTES;
    private static final int CHARS_MAX = 256;

    private TransactionToken() {}

    public static String format(GlobalTxId id) {
        byte[] gtrid = id.toBytes();
        byte[] framed = ByteBuffer.allocate(gtrid.length + Integer.BYTES)
                .put(gtrid)
                .putInt(checksum(gtrid))
                .array();
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(framed);
    }

    /**
     * Reads it back.
     *
     * @throws IllegalArgumentException the text is no token; the message names what is wrong, not the token itself
     */
    public static GlobalTxId parse(String token) {
        if (token.length() > CHARS_MAX) {
            throw new IllegalArgumentException(
                    "transaction token too long: " + token.length() + " characters, at most " + CHARS_MAX);
        }
        if (!token.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "not a transaction token: it must begin with '" + PREFIX + "'; pass the header on unchanged");
        }
        byte[] framed = decode(token.substring(PREFIX.length()));
        if (framed.length != BYTES && framed.length != BYTES_MAX) {
            throw new IllegalArgumentException("transaction token cut short or padded: " + framed.length
                    + " bytes inside instead of " + BYTES + " or " + BYTES_MAX + "; pass the header on unchanged");
        }
        byte[] gtrid = Arrays.copyOf(framed, framed.length - Integer.BYTES);
        if (ByteBuffer.wrap(framed).getInt(gtrid.length) != checksum(gtrid)) {
            throw new IllegalArgumentException(
                    "transaction token damaged: its checksum does not match; pass the header on unchanged");
        }
        GlobalTxId id = GlobalTxId.fromBytes(gtrid);
        if (!format(id).equals(token)) {
            throw new IllegalArgumentException(
                    "transaction token damaged: its last character is not its own; pass the header on unchanged");
        }
        return id;
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getUrlDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("transaction token is not base64url after its prefix", e);
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
