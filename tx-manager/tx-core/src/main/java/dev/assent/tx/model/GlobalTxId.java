package dev.assent.tx.model;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A global transaction: the gtrid that every branch carries into its database.
 *
 * <p>Bytes, big-endian: version 1 | cluster 8 | authority 1 | shard 2 | incarnation 8 | epoch 4 | deadline 8 |
 * unique 16, together {@value #BYTES} of the 64 that XA allows; with a commit point, its resource's name hash 8 more.
 * The epoch named here is the only one under which the store may ever hold a COMMIT of it; it is never looked up again.
 *
 * @param epoch version of the coordinator's epoch znode when the transaction began
 * @param deadlineEpochMillis when the transaction must have been decided; liveness only, safety never asks a clock
 * @param commitPoint the resource whose table decides; for {@link Authority#COMMIT_POINT}, and for no other
 */
public record GlobalTxId(
        ClusterId cluster,
        EpochKey key,
        int epoch,
        long deadlineEpochMillis,
        Unique unique,
        Optional<ResourceName.Hash> commitPoint) {
    public static final int BYTES = 48;
    /** With a commit point. */
    public static final int BYTES_MAX = BYTES + Long.BYTES;

    private static final byte VERSION = 1;

    /**
     * What makes an id unique and not to be guessed: 128 random bits; or 64 that only the service which named the
     * transaction, its node and those it sent a token to know, a number, and 32 random bits.
     */
    public record Unique(long high, long low) {}

    public GlobalTxId {
        if (epoch < 0) {
            throw new IllegalArgumentException("an epoch is not negative: " + epoch);
        }
        if (commitPoint.isPresent() != (key.authority() == Authority.COMMIT_POINT)) {
            throw new IllegalArgumentException(
                    "a commit point belongs to its own authority, not to " + key.authority());
        }
    }

    /** One that is not decided by a commit point. */
    public GlobalTxId(ClusterId cluster, EpochKey key, int epoch, long deadlineEpochMillis, Unique unique) {
        this(cluster, key, epoch, deadlineEpochMillis, unique, Optional.empty());
    }

    /** The same transaction, decided by a row in that resource, of which nobody has heard yet. */
    public GlobalTxId decidedIn(ResourceName.Hash point) {
        EpochKey coordinator = new EpochKey(Authority.COMMIT_POINT, key.shard(), key.incarnation());
        return new GlobalTxId(cluster, coordinator, epoch, deadlineEpochMillis, unique, Optional.of(point));
    }

    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(commitPoint.isPresent() ? BYTES_MAX : BYTES)
                .put(VERSION)
                .putLong(cluster.value())
                .put((byte) key.authority().code())
                .putShort((short) key.shard())
                .putLong(key.incarnation())
                .putInt(epoch)
                .putLong(deadlineEpochMillis)
                .putLong(unique.high())
                .putLong(unique.low());
        commitPoint.ifPresent(point -> out.putLong(point.value()));
        return out.array();
    }

    /**
     * Reads it back.
     *
     * @throws IllegalArgumentException the bytes are no gtrid of this format; the message says which part is wrong
     */
    public static GlobalTxId fromBytes(byte[] bytes) {
        if (bytes.length != BYTES && bytes.length != BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a gtrid has " + BYTES + " or " + BYTES_MAX + " bytes, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("gtrid version " + version + " is not known (only " + VERSION + " is)");
        }
        ClusterId cluster = new ClusterId(in.getLong());
        Authority authority = Authority.of(in.get());
        EpochKey key = new EpochKey(authority, Short.toUnsignedInt(in.getShort()), in.getLong());
        return new GlobalTxId(
                cluster,
                key,
                in.getInt(),
                in.getLong(),
                new Unique(in.getLong(), in.getLong()),
                in.hasRemaining() ? Optional.of(new ResourceName.Hash(in.getLong())) : Optional.empty());
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
