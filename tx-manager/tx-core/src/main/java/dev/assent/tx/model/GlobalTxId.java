package dev.assent.tx.model;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A global transaction: the gtrid that every branch carries into its database.
 *
 * <p>Bytes, big-endian: version 1 | cluster 8 | authority 1 | shard 2 | incarnation 8 | epoch 4 | deadline 8 |
 * unique 16, together {@value #BYTES} of the 64 that XA allows. The epoch named here is the only one under which the
 * transaction may ever be decided COMMIT; it is never looked up again.
 *
 * @param epoch version of the coordinator's epoch znode when the transaction began
 * @param deadlineEpochMillis when the transaction must have been decided; liveness only, safety never asks a clock
 */
public record GlobalTxId(ClusterId cluster, EpochKey key, int epoch, long deadlineEpochMillis, Unique unique) {
    public static final int BYTES = 48;
    private static final byte VERSION = 1;

    /** 128 random bits: what makes an id unique and not to be guessed. */
    public record Unique(long high, long low) {}

    public GlobalTxId {
        if (epoch < 0) {
            throw new IllegalArgumentException("an epoch is not negative: " + epoch);
        }
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .putLong(cluster.value())
                .put((byte) key.authority().code())
                .putShort((short) key.shard())
                .putLong(key.incarnation())
                .putInt(epoch)
                .putLong(deadlineEpochMillis)
                .putLong(unique.high())
                .putLong(unique.low())
                .array();
    }

    /**
     * Reads it back.
     *
     * @throws IllegalArgumentException the bytes are no gtrid of this format; the message says which part is wrong
     */
    public static GlobalTxId fromBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a gtrid has " + BYTES + " bytes, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("gtrid version " + version + " is not known (only " + VERSION + " is)");
        }
        ClusterId cluster = new ClusterId(in.getLong());
        Authority authority = Authority.of(in.get());
        EpochKey key = new EpochKey(authority, Short.toUnsignedInt(in.getShort()), in.getLong());
        return new GlobalTxId(cluster, key, in.getInt(), in.getLong(), new Unique(in.getLong(), in.getLong()));
    }

    /** Reads it back; an {@link IllegalArgumentException} says: not hexadecimal, or no gtrid. */
    public static GlobalTxId fromHex(String hex) {
        return fromBytes(HexFormat.of().parseHex(hex));
    }

    public String toHex() {
        return HexFormat.of().formatHex(toBytes());
    }

    public boolean isPastDeadline(long nowEpochMillis) {
        return nowEpochMillis >= deadlineEpochMillis;
    }

    @Override
    public String toString() {
        return toHex();
    }
}
