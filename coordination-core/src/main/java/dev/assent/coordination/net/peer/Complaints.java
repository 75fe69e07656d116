package dev.assent.coordination.net.peer;

import io.netty.handler.codec.DecoderException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator why a member is not linked: once for each reason, not again with each attempt. */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);

    private final ConcurrentMap<String, String> latest = new ConcurrentHashMap<>();

    /**
     * Logs {@code reason} unless it was the last one.
     *
     * @param about the member; not an address, of which there may be any number
     */
    void raise(String about, String reason) {
        if (reason.equals(latest.put(about, reason))) {
            LOG.debug("still no link to {}: {}", about, reason);
        } else {
            LOG.warn("no link to {}: {}", about, reason);
        }
    }

    void settle(String about) {
        latest.remove(about);
    }

    static String reason(Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        String message = root.getMessage();
        return message == null ? root.toString() : message;
    }
}
