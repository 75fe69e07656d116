package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.tree.Txn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What this server proposed and has not applied yet, as the objects that it encoded: whoever leads need not decode its
 * own bytes. Only a shortcut: a transaction that is not kept here is decoded when it comes back. Not thread-safe.
 */
final class OwnTransactions {
    /** In encoded form; far more than many small ones need. Large ones beyond it would only be in memory twice. */
    static final long KEPT_BYTES_MAX = 8 << 20;

    private final Deque<Own> underWay = new ArrayDeque<>();
    private long bytes;

    private record Own(Payload encoded, Txn txn) {}

    void proposed(Payload encoded, Txn txn) {
        if (bytes + encoded.size() <= KEPT_BYTES_MAX) {
            underWay.add(new Own(encoded, txn));
            bytes += encoded.size();
        }
    }

    /** What was encoded as exactly this object; transactions come back in the order in which they were proposed. */
    Optional<Txn> committed(Payload encoded) {
        Own next = underWay.peek();
        if (next == null || !isSame(next.encoded(), encoded)) {
            return Optional.empty();
        }
        underWay.remove();
        bytes -= encoded.size();
        return Optional.of(next.txn());
    }

    /** Equal bytes may be another server's; and comparing them would cost what decoding does. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Payload one, Payload other) {
        return one == other;
    }

    /** This server leads no more: what is left comes back as somebody else's, or never. */
    void clear() {
        underWay.clear();
        bytes = 0;
    }
}
