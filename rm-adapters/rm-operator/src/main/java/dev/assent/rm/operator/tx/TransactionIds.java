package dev.assent.rm.operator.tx;

import dev.assent.rm.operator.doctor.Origin;
import dev.assent.rm.operator.doctor.Origins;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.TransactionToken;

/** A transaction by whatever name an operator has of it. */
public final class TransactionIds {
    private TransactionIds() {}

    /**
     * Reads a gtrid in hexadecimal, a token, or a database's gid.
     *
     * @throws IllegalArgumentException it is none of these; the message says what was expected
     */
    public static GlobalTxId parse(String text) {
        if (text.startsWith("at1-")) {
            return TransactionToken.parse(text);
        }
        Origin origin = Origins.of(text);
        if (origin instanceof Origin.Ours ours) {
            return ours.transaction();
        }
        if (text.matches("[0-9a-fA-F]+")) {
            return GlobalTxId.fromHex(text);
        }
        throw new IllegalArgumentException(
                "it is no gtrid in hexadecimal, no token (at1-...) and no gid of Assent's in" + " pg_prepared_xacts");
    }
}
