package dev.assent.coordination.codec;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Role;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Reads fields one by one; each is checked against what is left before it is read. */
final class FieldReader {
    /** A zxid and an empty payload. */
    private static final int PROPOSAL_BYTES_MIN = Long.BYTES + Integer.BYTES;

    private final ByteBuf source;

    FieldReader(ByteBuf source) {
        this.source = source;
    }

    int unsignedByte(String field) throws MalformedMessageException {
        require(Byte.BYTES, field);
        return source.readUnsignedByte();
    }

    boolean flag(String field) throws MalformedMessageException {
        int value = unsignedByte(field);
        if (value > 1) {
            throw new MalformedMessageException(field + ": " + value + " is neither 0 nor 1");
        }
        return value == 1;
    }

    long int64(String field) throws MalformedMessageException {
        require(Long.BYTES, field);
        return source.readLong();
    }

    long notNegative(String field) throws MalformedMessageException {
        long value = int64(field);
        if (value < 0) {
            throw new MalformedMessageException(field + ": " + value + " is negative");
        }
        return value;
    }

    private int int32(String field) throws MalformedMessageException {
        require(Integer.BYTES, field);
        return source.readInt();
    }

    Zxid zxid(String field) throws MalformedMessageException {
        return new Zxid(notNegative(field));
    }

    Epoch epoch(String field) throws MalformedMessageException {
        int value = int32(field);
        if (value < 0) {
            throw new MalformedMessageException(field + ": " + value + " is negative");
        }
        return new Epoch(value);
    }

    ServerId server(String field) throws MalformedMessageException {
        return new ServerId(unsignedByte(field));
    }

    Role role(String field) throws MalformedMessageException {
        int wire = unsignedByte(field);
        for (Role role : Role.values()) {
            if (PeerMessageWriter.wire(role) == wire) {
                return role;
            }
        }
        throw new MalformedMessageException(field + ": there is no role " + wire);
    }

    Payload payload(String field) throws MalformedMessageException {
        int length = int32(field);
        if (length < 0 || length > source.readableBytes()) {
            throw new MalformedMessageException(
                    field + ": length " + length + ", but " + source.readableBytes() + " bytes are left");
        }
        byte[] bytes = new byte[length];
        source.readBytes(bytes);
        return Payload.wrap(bytes);
    }

    List<Proposal> proposals(String field) throws MalformedMessageException {
        int count = int32(field);
        if (count < 1 || count > source.readableBytes() / PROPOSAL_BYTES_MIN) {
            throw new MalformedMessageException(
                    field + ": " + count + " entries in " + source.readableBytes() + " bytes");
        }
        List<Proposal> proposals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            proposals.add(new Proposal(zxid(field), payload(field)));
        }
        return proposals;
    }

    void end() throws MalformedMessageException {
        if (source.isReadable()) {
            throw new MalformedMessageException(source.readableBytes() + " bytes follow the end of the message");
        }
    }

    private void require(int bytes, String field) throws MalformedMessageException {
        if (source.readableBytes() < bytes) {
            throw new MalformedMessageException(
                    field + ": " + bytes + " bytes expected, but " + source.readableBytes() + " are left");
        }
    }
}
