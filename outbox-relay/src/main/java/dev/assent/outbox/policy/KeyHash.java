package dev.assent.outbox.policy;

import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.ShardId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The stable hash of a key: the first 8 bytes of the MD5 of its UTF-8 form, big-endian. The schema computes the very
 * same number in SQL, so that writers in any language agree on a key's shard and on its lock. It spreads, it protects
 * nothing.
 */
public final class KeyHash {
    private KeyHash() {}

    public static long of(MessageKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(key.value().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must provide MD5", e);
        }
    }

    /** The shard of {@code key} among {@code shards}; changes only with the number of shards. */
    public static ShardId shardOf(MessageKey key, int shards) {
        return new ShardId((int) Math.floorMod(of(key), (long) shards));
    }
}
