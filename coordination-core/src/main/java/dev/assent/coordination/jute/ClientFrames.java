package dev.assent.coordination.jute;

import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.EventType;

/** Whole frames to clients: four bytes of length, then the message. The arrays are the caller's. */
public final class ClientFrames {
    private static final int SYNC_CONNECTED = 3;
    private static final int SMALL_FRAME_BYTES = 128;

    private ClientFrames() {}

    /** The reply to one request; {@code zxid} is the last transaction that its session may have seen. */
    public static byte[] reply(int xid, long zxid, ErrorCode error, Response body) {
        JuteWriter out = new JuteWriter(SMALL_FRAME_BYTES + sizeHint(body));
        out.int32(0);
        out.int32(xid);
        out.int64(zxid);
        out.int32(error.code());
        body.writeTo(out);
        return out.frame();
    }

    private static int sizeHint(Response body) {
        if (body instanceof Response.Data data && data.data() != null) {
            return data.stat().dataLength();
        }
        return 0;
    }

    /** A watch's event. */
    public static byte[] notification(long zxid, EventType type, String path) {
        JuteWriter out = new JuteWriter(SMALL_FRAME_BYTES);
        out.int32(0);
        out.int32(SpecialXid.NOTIFICATION.xid());
        out.int64(zxid);
        out.int32(0);
        out.int32(type.code());
        out.int32(SYNC_CONNECTED);
        out.text(path);
        return out.frame();
    }

    /** The answer to a client's first frame. */
    public static byte[] connectResponse(ConnectResponse response) {
        JuteWriter out = new JuteWriter(SMALL_FRAME_BYTES);
        out.int32(0);
        out.int32(0);
        out.int32(response.timeoutMillis());
        out.int64(response.sessionId());
        out.buffer(response.password());
        if (response.readOnlySent()) {
            out.bool(false);
        }
        return out.frame();
    }
}
