package dev.assent.tx.remote;

import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.time.Clock;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * How this process dials and listens with gRPC: mutual TLS, or in plain text where there is no {@link Security}. Who
 * answers and who calls must have one of the roles that are named; hosts' names say nothing. Thread-safe.
 */
public final class GrpcSecurity {
    /** In plain text: on one machine, or in a network that is trusted. */
    public static final GrpcSecurity NONE = new GrpcSecurity(Optional.empty());

    /** From a connection to the end of its handshake. */
    private static final long HANDSHAKE_SECONDS_MAX = 10;

    private final Optional<Security> security;
    private final Refused refused = new Refused(Clock.SYSTEM);

    private GrpcSecurity(Optional<Security> security) {
        this.security = security;
    }

    /** With what {@code security} shows and trusts. */
    public static GrpcSecurity of(Security security) {
        return new GrpcSecurity(Optional.of(security));
    }

    /** Dials {@code host:port}, where somebody with one of the roles must answer. */
    public NettyChannelBuilder dial(String target, Role... answering) {
        NettyChannelBuilder channel = NettyChannelBuilder.forTarget("dns:///" + escaped(target));
        return security.isEmpty() ? channel.usePlaintext() : channel.sslContext(dialling(security.get(), answering));
    }

    /** Addresses of IPv6 stand in brackets, for which there is no place in the path of a URI. */
    private static String escaped(String target) {
        return target.replace("%", "%25").replace("[", "%5B").replace("]", "%5D");
    }

    /** Listens on {@code address}, for callers with one of the roles. */
    public NettyServerBuilder listen(InetSocketAddress address, Role... calling) {
        NettyServerBuilder server = NettyServerBuilder.forAddress(address);
        return security.isEmpty()
                ? server
                : server.sslContext(accepting(security.get(), calling))
                        .handshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private SslContext dialling(Security own, Role... answering) {
        return built(SslContextBuilder.forClient()
                .keyManager(own.keyManager())
                .trustManager(own.trustManager(
                        PeerRule.anyOf(answering),
                        why -> refused.because("who answers as a node or service: " + why))));
    }

    private SslContext accepting(Security own, Role... calling) {
        return built(SslContextBuilder.forServer(own.keyManager())
                .trustManager(own.trustManager(PeerRule.anyOf(calling), why -> refused.because("a caller: " + why)))
                .clientAuth(ClientAuth.REQUIRE));
    }

    private static SslContext built(SslContextBuilder builder) {
        try {
            return GrpcSslContexts.configure(builder, SslProvider.JDK)
                    .protocols(Security.PROTOCOL)
                    .sessionTimeout(Security.RESUMPTION_SECONDS_MAX)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("this JDK does not speak " + Security.PROTOCOL, e);
        }
    }
}
