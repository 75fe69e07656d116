package dev.assent.tx.model;

import java.nio.ByteBuffer;

/**
 * A branch within its transaction: what the bqual says.
 *
 * <p>Bytes, big-endian: version 1 | resource name hash 8 | number 4 | participant incarnation 8.
 *
 * @param resource the resource that holds the branch
 * @param number unique in the transaction
 * @param participantIncarnation which life of the participant's process did the work; a branch seen under two may
 *     only roll back
 */
public record BranchName(ResourceName.Hash resource, int number, long participantIncarnation) {
    public static final int BYTES = 21;
    private static final byte VERSION = 1;

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .putLong(resource.value())
                .putInt(number)
                .putLong(participantIncarnation)
                .array();
    }

    /** Reads it back; an {@link IllegalArgumentException} says: the bytes are no bqual of this format. */
    public static BranchName fromBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a bqual has " + BYTES + " bytes, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("bqual version " + version + " is not known (only " + VERSION + " is)");
        }
        return new BranchName(new ResourceName.Hash(in.getLong()), in.getInt(), in.getLong());
    }

    /** The XID under which the resource stores this branch of that transaction. */
    public BranchId in(GlobalTxId transaction) {
        return new BranchId(BranchId.FORMAT_ID, transaction.toBytes(), toBytes());
    }
}
