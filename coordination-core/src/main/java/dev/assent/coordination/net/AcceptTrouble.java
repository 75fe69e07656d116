package dev.assent.coordination.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At the end of a listening channel's pipeline: says in one line that no connection can be accepted. Netty's acceptor
 * pauses for a second then and tries again, for as long as it takes.
 */
public final class AcceptTrouble extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptTrouble.class);

    private final BurstLog failed;

    /**
     * For one listener.
     *
     * @param whose connections, for the log: "clients"
     * @param later see {@link BurstLog}
     */
    public AcceptTrouble(String whose, Executor later) {
        this.failed = new BurstLog("attempts to accept " + whose + " failed", later, LOG::warn);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean unused = failed.happened("no connection can be accepted on "
                + context.channel().localAddress() + ": "
                + cause.getMessage() + ". If the process has used up its descriptors (ulimit -n), raise the limit or"
                + " close what holds them; it is tried again every second");
    }
}
