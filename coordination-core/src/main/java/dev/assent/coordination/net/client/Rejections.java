package dev.assent.coordination.net.client;

import dev.assent.coordination.net.BurstLog;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why connections are closed by this side, and what clients do wrong, told to the operator without letting any client fill the log. Thread-safe. */
final class Rejections {
    private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);

    /** What a client did to lose its connection, or what there was too much of. */
    enum Reason {
        REFUSED("clients were refused"),
        SILENT("clients named no session in time"),
        HANDSHAKE("clients came to no secured connection"),
        UNREADABLE("clients sent what cannot be read"),
        UNREAD("clients did not take their replies"),
        MEMORY("clients lost their connections for want of memory"),
        ANSWERED("clients sent requests that were answered with an error"),
        CONDUCT("clients were disconnected"),
        FAULT("clients were disconnected after a fault of this server");

        private final String many;

        Reason(String many) {
            this.many = many;
        }
    }

    private final Map<Reason, BurstLog> bursts = new EnumMap<>(Reason.class);

    /** With what runs a task later, see {@link BurstLog}. */
    Rejections(Executor later) {
        for (Reason reason : Reason.values()) {
            bursts.put(reason, new BurstLog(reason.many, later, LOG::warn));
        }
    }

    /** Whether it was told at once. */
    boolean happened(Reason reason, String line) {
        BurstLog burst = bursts.get(reason);
        return burst != null && burst.happened(line);
    }
}
