package dev.assent.coordination.net.secure;

import dev.assent.security.PeerRule;
import dev.assent.security.Security;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.channels.ClosedChannelException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * One listener's, or one kind of links', TLS: makes the handlers that encrypt, and has the threads that compute what
 * handshakes cost. Thread-safe.
 */
public final class TlsSide implements AutoCloseable {
    /** Steps of handshakes that wait for a thread; a connection whose step finds no room is closed. */
    private static final int WAITING_MAX = 10_000;

    private static final long THREAD_IDLE_SECONDS = 30;

    /** So long a connection that is given up may take to say so to the other end. */
    private static final long CLOSE_NOTIFY_MILLIS_MAX = 500;

    /** Of a reason, in which the other end may have its say. */
    private static final int REASON_CHARS_MAX = 500;

    /** Whether who connects must show a certificate. */
    public enum Callers {
        SHOW_ONE,
        MAY_SHOW_ONE,
        ARE_NOT_ASKED
    }

    private final SslContext accepting;
    private final SslContext dialling;
    private final ExecutorService handshakes;
    private final long handshakeMillisMax;

    private TlsSide(SslContext accepting, SslContext dialling, ExecutorService handshakes, long handshakeMillisMax) {
        this.accepting = accepting;
        this.dialling = dialling;
        this.handshakes = handshakes;
        this.handshakeMillisMax = handshakeMillisMax;
    }

    /**
     * Of {@code security}, with what {@code rule} demands of the other side.
     *
     * @param callers what is asked of who connects
     * @param name of the threads
     * @param threads that compute handshakes
     * @param handshakeMillisMax from the connection to the end of its handshake
     */
    public static TlsSide of(
            Security security, PeerRule rule, Callers callers, String name, int threads, long handshakeMillisMax) {
        try {
            SslContext accepting = SslContextBuilder.forServer(security.keyManager())
                    .sslProvider(SslProvider.JDK)
                    .trustManager(security.trustManager(rule))
                    .clientAuth(auth(callers))
                    .protocols(Security.PROTOCOL)
                    .sessionTimeout(Security.RESUMPTION_SECONDS_MAX)
                    .build();
            // What the rule demands is in the certificate; names of hosts say nothing about members.
            SslContext dialling = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .keyManager(security.keyManager())
                    .trustManager(security.trustManager(rule))
                    .endpointIdentificationAlgorithm(null)
                    .protocols(Security.PROTOCOL)
                    .sessionTimeout(Security.RESUMPTION_SECONDS_MAX)
                    .build();
            return new TlsSide(accepting, dialling, threads(name, threads), handshakeMillisMax);
        } catch (SSLException e) {
            throw new IllegalStateException("this JDK does not speak " + Security.PROTOCOL, e);
        }
    }

    private static ClientAuth auth(Callers callers) {
        return switch (callers) {
            case SHOW_ONE -> ClientAuth.REQUIRE;
            case MAY_SHOW_ONE -> ClientAuth.OPTIONAL;
            case ARE_NOT_ASKED -> ClientAuth.NONE;
        };
    }

    private static ExecutorService threads(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_MAX),
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** For a connection that was accepted. */
    public SslHandler accepted(ByteBufAllocator buffers) {
        return bounded(accepting.newHandler(buffers, handshakes));
    }

    /** For a connection that was dialled. */
    public SslHandler dialled(ByteBufAllocator buffers) {
        return bounded(dialling.newHandler(buffers, handshakes));
    }

    private SslHandler bounded(SslHandler handler) {
        handler.setHandshakeTimeoutMillis(handshakeMillisMax);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MILLIS_MAX);
        return handler;
    }

    /** The certificate that the other end has shown, once the handshake is over; empty if none, or without TLS. */
    public static Optional<X509Certificate> shownBy(ChannelPipeline pipeline) {
        SslHandler tls = pipeline.get(SslHandler.class);
        if (tls == null) {
            return Optional.empty();
        }
        try {
            Certificate[] chain = tls.engine().getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate own ? Optional.of(own) : Optional.empty();
        } catch (SSLPeerUnverifiedException showedNone) {
            return Optional.empty();
        }
    }

    /** Why there is no secured connection: one short line without what the other end has sent, which may be secret. */
    public static String reason(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return "not an SSL/TLS record: it speaks plain text";
        }
        if (cause instanceof ClosedChannelException) {
            return "the connection ended before its handshake did";
        }
        String message = cause.getMessage();
        String told = message == null ? cause.toString() : message;
        return told.substring(0, Math.min(told.length(), REASON_CHARS_MAX)).replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public void close() {
        handshakes.shutdownNow();
    }
}
