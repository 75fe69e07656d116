package dev.assent.coordination.net.peer;

import dev.assent.coordination.codec.MalformedMessageException;
import dev.assent.coordination.codec.PeerCodec;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.zab.PeerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inbound end of an established link: messages to the listener, keep-alives, and its end. */
final class LinkReader extends SimpleChannelInboundHandler<ByteBuf> {
    private static final Logger LOG = LoggerFactory.getLogger(LinkReader.class);
    private static final ByteBuf KEEP_ALIVE = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(Integer.BYTES).writeInt(0).asReadOnly());

    private final Link link;
    private final PeerCodec codec;
    private final PeerTransport.Listener listener;
    private final Runnable whenClosed;

    LinkReader(Link link, PeerCodec codec, PeerTransport.Listener listener, Runnable whenClosed) {
        this.link = link;
        this.codec = codec;
        this.listener = listener;
        this.whenClosed = whenClosed;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf body) throws MalformedMessageException {
        int bytes = body.readableBytes();
        PeerMessage message = codec.decode(body);
        link.unprocessed(bytes);
        listener.received(link.peer, link.generation, message, bytes);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof IdleStateEvent idle)) {
            context.fireUserEventTriggered(event);
        } else if (idle.state() == IdleState.WRITER_IDLE) {
            Future<?> unused = context.writeAndFlush(KEEP_ALIVE.duplicate());
        } else if (idle.state() == IdleState.READER_IDLE
                && context.channel().config().isAutoRead()) {
            LOG.warn("link to {} closed: not a byte from it for the whole idle time-out", link.peer);
            Future<?> unused = context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.warn("link to {} closed: {}", link.peer, Complaints.reason(cause));
        Future<?> unused = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        link.closed();
        whenClosed.run();
    }
}
