package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A 64-bit fingerprint of the whole state: the sum of one number for each fact, so that a change subtracts what
 * was and adds what is. Finds divergence by faults; it does not resist forgery.
 */
final class Digest {
    private static final long SEED = 0x9E3779B97F4A7C15L;
    private static final long ROOT = mix(SEED, 1);

    private Digest() {}

    static long ofRootPath() {
        return ROOT;
    }

    /** Of a child's path, from its parent's. */
    static long ofPath(long parentPath, int nameHash, int nameLength) {
        return mix(parentPath, nameHash * 0x100000001L + nameLength);
    }

    /** What setting data changes. */
    static long ofContent(long path, Znode znode) {
        long h = mix(path ^ 0x5bL, znode.czxid());
        h = mix(h, znode.ctime());
        h = mix(h, znode.ephemeralOwner());
        h = mix(h, znode.mzxid());
        h = mix(h, znode.mtime());
        h = mix(h, znode.version());
        return mix(h, ofBytes(znode.dataBytes()));
    }

    /** What creating a child or setting the ACL changes; it must not cost a pass over the data. */
    static long ofSurroundings(long path, Znode znode) {
        long h = mix(path ^ 0xa7L, znode.pzxid());
        h = mix(h, znode.childrenCreated() * 0x100000001L + znode.numChildren());
        h = mix(h, znode.aversion());
        return mix(h, ofAcl(znode.acl()));
    }

    static long ofZnode(long path, Znode znode) {
        return ofContent(path, znode) + ofSurroundings(path, znode);
    }

    static long ofSession(SessionId id, SessionPassword password, int timeoutMillis) {
        long h = mix(SEED ^ 0xc3L, id.value());
        h = mix(h, timeoutMillis);
        return mix(h, ofBytes(password.bytes()));
    }

    private static long ofAcl(Acl acl) {
        if (acl.equals(Acl.OPEN)) {
            return SEED;
        }
        long h = SEED;
        for (Acl.Entry entry : acl.entries()) {
            h = mix(h, entry.permissionBits());
            h = mix(h, entry.identity().scheme().hashCode());
            h = mix(h, entry.identity().id().hashCode());
        }
        return h;
    }

    private static long ofBytes(byte @Nullable [] bytes) {
        if (bytes == null) {
            return -1;
        }
        if (bytes.length > 256) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, bytes.length);
            return crc.getValue() << 32 | bytes.length;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long h = mix(SEED, bytes.length);
        while (buffer.remaining() >= Long.BYTES) {
            h = mix(h, buffer.getLong());
        }
        while (buffer.hasRemaining()) {
            h = mix(h, buffer.get());
        }
        return h;
    }

    /** The finalizer of SplitMix64 over a running value. */
    private static long mix(long running, long value) {
        long z = (running ^ value) * 0xbf58476d1ce4e5b9L + SEED;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
