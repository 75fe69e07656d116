package dev.assent.coordination.net.peer;

import dev.assent.coordination.codec.MalformedMessageException;
import dev.assent.coordination.codec.PeerCodec;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.net.peer.Greeting.Hello;
import dev.assent.coordination.net.peer.Greeting.Refusal;
import dev.assent.coordination.net.secure.TlsSide;
import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds out who is at the other end of a new connection, and makes a link of it or closes it.
 *
 * <p>The dialling side says hello; the accepting side answers with its own hello, or says why not. Both check the
 * other's cluster, version and both ids, and, where links are secured, that the other's certificate names the id that it
 * says it has.
 */
final class Introduction extends SimpleChannelInboundHandler<ByteBuf> {
    private final PeerNetConfig config;
    private final Optional<ServerId> dialled;
    private final Complaints complaints;
    private final Outcome outcome;
    private final boolean secured;
    private boolean told;

    /** What becomes of an introduction. */
    @FunctionalInterface
    interface Outcome {
        /** The other end is {@code peer}. To be called on the event loop; replaces the introduction in the pipeline. */
        void introduced(ServerId peer, ChannelHandlerContext context);
    }

    /**
     * For one connection.
     *
     * @param dialled who should answer; empty on the accepting side
     * @param secured whether the other end must have shown a certificate
     */
    Introduction(
            PeerNetConfig config, Optional<ServerId> dialled, boolean secured, Complaints complaints, Outcome outcome) {
        this.config = config;
        this.dialled = dialled;
        this.secured = secured;
        this.complaints = complaints;
        this.outcome = outcome;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Future<?> unused = context.executor()
                .schedule(() -> tooLate(context), config.limits().handshakeMillisMax(), TimeUnit.MILLISECONDS);
    }

    private void tooLate(ChannelHandlerContext context) {
        if (!context.isRemoved() && context.channel().isActive()) {
            complain("it did not introduce itself within handshakeMillisMax="
                    + config.limits().handshakeMillisMax());
            Future<?> unused = context.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (dialled.isPresent()) {
            Future<?> unused = send(context, new Hello(config.cluster(), config.self(), dialled.get()));
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf body) throws MalformedMessageException {
        Greeting greeting = Greeting.decode(body);
        if (greeting instanceof Hello hello) {
            hello(context, hello);
        } else if (greeting instanceof Refusal refusal) {
            complain("it refused this server: " + refusal.reason());
            Future<?> unused = context.close();
        }
    }

    private void hello(ChannelHandlerContext context, Hello hello) {
        Optional<String> objection = objection(hello);
        if (objection.isEmpty() && secured) {
            objection = objectionToCertificate(TlsSide.shownBy(context.pipeline()), hello.from());
        }
        if (objection.isPresent()) {
            complain("refused: " + objection.get());
            Future<?> unused = send(context, new Refusal(objection.get())).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        if (dialled.isEmpty()) {
            Future<?> unused = send(context, new Hello(config.cluster(), config.self(), hello.from()));
        }
        outcome.introduced(hello.from(), context);
    }

    private Optional<String> objection(Hello hello) {
        if (hello.version() != PeerCodec.VERSION) {
            return Optional.of("protocol version " + hello.version() + ", here " + PeerCodec.VERSION
                    + ": run releases of the same protocol version");
        }
        if (!hello.cluster().equals(config.cluster())) {
            return Optional.of("it belongs to cluster '" + hello.cluster() + "', this is '" + config.cluster()
                    + "': correct the server lines of one of the two");
        }
        if (!hello.to().equals(config.self())) {
            return Optional.of("it looks for " + hello.to() + ", but this is " + config.self()
                    + ": correct the server lines there, or myid here");
        }
        if (dialled.isPresent()) {
            return dialled.get().equals(hello.from())
                    ? Optional.empty()
                    : Optional.of("the address of " + dialled.get() + " is answered by " + hello.from()
                            + ": correct the server lines, or myid there");
        }
        return objectionToDialler(hello.from());
    }

    private Optional<String> objectionToDialler(ServerId from) {
        if (from.equals(config.self())) {
            return Optional.of("another server has the same id " + from + ": correct myid of one of the two");
        }
        if (!config.members().contains(from)) {
            return Optional.of(
                    from + " is no member: add its server line on " + config.self() + ", or correct its myid");
        }
        if (from.compareTo(config.self()) < 0) {
            return Optional.of(from + " dials a higher id: run releases of the same protocol version");
        }
        return Optional.empty();
    }

    /** Whoever says that he is a member must have it from the authority. */
    private static Optional<String> objectionToCertificate(Optional<X509Certificate> shown, ServerId from) {
        if (shown.isEmpty()) {
            return Optional.of("it shows no certificate");
        }
        CertifiedName needed = new CertifiedName(Role.MEMBER, String.valueOf(from.value()));
        try {
            Set<CertifiedName> names = CertifiedName.of(shown.get());
            return names.contains(needed)
                    ? Optional.empty()
                    : Optional.of("it says that it is " + from + ", but its certificate names " + PeerRule.told(names)
                            + ": give it one issued for " + needed);
        } catch (CertificateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static ChannelFuture send(ChannelHandlerContext context, Greeting greeting) {
        ByteBuf frame = context.alloc().buffer(Greeting.BYTES_MAX).writeZero(Frames.HEADER_BYTES);
        Greeting.encode(greeting, frame);
        Frames.finish(frame, Frames.HEADER_BYTES);
        return context.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.cause() != null) {
            complain("no handshake: " + TlsSide.reason(handshake.cause()));
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        complain(Complaints.reason(cause));
        Future<?> unused = context.close();
    }

    /** Once for a connection: a handshake may fail in several ways at the same time. */
    private void complain(String reason) {
        if (!told) {
            told = true;
            complaints.raise(about(), reason);
        }
    }

    private String about() {
        return dialled.map(ServerId::toString).orElse(Complaints.STRANGER);
    }
}
