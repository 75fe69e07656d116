package dev.assent.rm.atomikos;

import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as bytes: lines of text, so that any ZooKeeper tool shows it. The transaction's id is the znode's name
 * and is not repeated.
 *
 * <pre>
 * assent-atomikos 1
 * state COMMITTING
 * expires 1790000000000
 * domain shop
 * superior http://...      (only if there is one)
 * </pre>
 */
final class RecordCodec {
    /** The longest record that is written or read. */
    static final int SIZE_MAX_BYTES = 2048;

    private static final String HEADER = "assent-atomikos 1";

    private RecordCodec() {}

    /** @throws IllegalArgumentException a field cannot be written, or the record is too long */
    static byte[] encode(PendingTransactionRecord entry) {
        StringBuilder text = new StringBuilder(HEADER);
        append(text, "state", entry.state.name());
        append(text, "expires", Long.toString(entry.expires));
        append(text, "domain", entry.recoveryDomainName);
        if (entry.superiorId != null) {
            append(text, "superior", entry.superiorId);
        }
        byte[] bytes = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > SIZE_MAX_BYTES) {
            throw new IllegalArgumentException("the record of " + entry.id + " has " + bytes.length
                    + " bytes, more than " + SIZE_MAX_BYTES + ": shorten its superior's address");
        }
        return bytes;
    }

    private static void append(StringBuilder text, String key, String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a " + key + " with control characters cannot be logged");
        }
        text.append('\n').append(key).append(' ').append(value);
    }

    /** @throws IllegalArgumentException the bytes are not a record; says what is wrong */
    static PendingTransactionRecord decode(String id, byte[] bytes) {
        if (bytes.length == 0 || bytes.length > SIZE_MAX_BYTES) {
            throw new IllegalArgumentException("has " + bytes.length + " bytes, not 1 to " + SIZE_MAX_BYTES);
        }
        List<String> lines = new ArrayList<>(List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", 8)));
        if (!HEADER.equals(lines.remove(0))) {
            throw new IllegalArgumentException("does not begin with '" + HEADER + "'");
        }
        TxState state = TxState.valueOf(require(lines, "state"));
        long expires = Long.parseLong(require(lines, "expires"));
        return new PendingTransactionRecord(id, state, expires, require(lines, "domain"), find(lines, "superior"));
    }

    private static String require(List<String> lines, String key) {
        String value = find(lines, key);
        if (value == null) {
            throw new IllegalArgumentException("has no " + key);
        }
        return value;
    }

    private static @Nullable String find(List<String> lines, String key) {
        String prefix = key + " ";
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElse(null);
    }
}
