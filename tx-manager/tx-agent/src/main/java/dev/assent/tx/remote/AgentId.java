package dev.assent.tx.remote;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * One life of a service's process. A restarted service is another agent: what its earlier life had not prepared is
 * lost, and the coordinator must be able to tell.
 */
public record AgentId(long high, long low) {
    public static final int BYTES = 16;

    /** Reads it back; an {@link IllegalArgumentException} says: the bytes are no agent id. */
    public static AgentId from(ByteString bytes) {
        if (bytes.size() != BYTES) {
            throw new IllegalArgumentException("field agent_id: has " + BYTES + " bytes, not " + bytes.size());
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new AgentId(buffer.getLong(), buffer.getLong());
    }

    public ByteString bytes() {
        return ByteString.copyFrom(
                ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array());
    }

    /** What the branches of this life carry in their bqual; never negative. */
    public long incarnation() {
        return high & Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high);
    }
}
