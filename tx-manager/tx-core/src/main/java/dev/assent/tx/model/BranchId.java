package dev.assent.tx.model;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A branch of a global transaction, as a resource stores it: X/Open's XID.
 *
 * <p>The arrays belong to the record; callers must not write to them.
 *
 * @param formatId {@link #FORMAT_ID} for ours
 * @param gtrid the global transaction, 1 to 64 bytes
 * @param bqual the branch within it, 1 to 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record BranchId(int formatId, byte[] gtrid, byte[] bqual) {
    /** "ASNT": marks XIDs of ours among those that other transaction managers left in a database. */
    public static final int FORMAT_ID = 0x41534E54;

    public BranchId {
        if (gtrid.length == 0 || gtrid.length > 64) {
            throw new IllegalArgumentException("a gtrid has 1 to 64 bytes, not " + gtrid.length);
        }
        if (bqual.length == 0 || bqual.length > 64) {
            throw new IllegalArgumentException("a bqual has 1 to 64 bytes, not " + bqual.length);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BranchId that
                && formatId == that.formatId
                && Arrays.equals(gtrid, that.gtrid)
                && Arrays.equals(bqual, that.bqual);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(gtrid) + Arrays.hashCode(bqual);
    }

    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.formatHex(gtrid) + ":" + hex.formatHex(bqual);
    }
}
