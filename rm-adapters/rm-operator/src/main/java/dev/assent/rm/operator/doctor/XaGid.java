package dev.assent.rm.operator.doctor;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An XID in the form in which PostgreSQL's JDBC driver names a prepared transaction:
 * {@code formatId_base64(gtrid)_base64(bqual)}. The arrays belong to the record.
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record XaGid(int formatId, byte[] gtrid, byte[] bqual) {
    private static final Pattern FORM = Pattern.compile("(-?\\d{1,11})_([A-Za-z0-9+/]*={0,2})_([A-Za-z0-9+/]*={0,2})");

    /** Empty when it has not that form. */
    public static Optional<XaGid> parse(String gid) {
        Matcher match = FORM.matcher(gid);
        if (!match.matches()) {
            return Optional.empty();
        }
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            return Optional.of(new XaGid(
                    Integer.parseInt(match.group(1)), base64.decode(match.group(2)), base64.decode(match.group(3))));
        } catch (IllegalArgumentException other) {
            return Optional.empty(); // a number too large, or no base64 after all
        }
    }

    /** As the driver writes it. */
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return formatId + "_" + base64.encodeToString(gtrid) + "_" + base64.encodeToString(bqual);
    }
}
