package dev.assent.tx.remote.host;

import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.remote.PeerNames;
import dev.assent.tx.remote.Refused;
import dev.assent.tx.remote.wire.PeerGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.SocketAddress;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Finds out who calls, from the certificate that the connection has begun with, and lets nodes alone speak as nodes. In
 * plain text nobody is known, and everybody may. Thread-safe.
 */
final class Callers implements ServerInterceptor {
    static final Context.Key<Caller> CALLER = Context.key("assent-caller");

    private final Refused refused = new Refused(Clock.SYSTEM);

    /**
     * Who calls.
     *
     * @param names what its certificate says; empty in plain text
     * @param from where its connection comes from, if that is known
     */
    record Caller(Optional<Set<CertifiedName>> names, Optional<SocketAddress> from) {
        private static final Caller UNKNOWN = new Caller(Optional.empty());

        Caller(Optional<Set<CertifiedName>> names) {
            this(names, Optional.empty());
        }

        /** Whose share its questions are: its certificate's, or in plain text its connection's. */
        String share() {
            return names.map(PeerRule::told)
                    .orElseGet(() -> from.map(SocketAddress::toString).orElse("somebody"));
        }

        /** Of the call that this thread begins with; to be asked before any other thread takes over. */
        static Caller current() {
            Caller caller = CALLER.get();
            return caller == null ? UNKNOWN : caller;
        }

        /** Which services it may be; empty in plain text, where it may be any. */
        Optional<Set<String>> services() {
            return names.map(all -> all.stream()
                    .filter(name -> name.role() == Role.AGENT)
                    .map(CertifiedName::name)
                    .collect(Collectors.toUnmodifiableSet()));
        }

        /** In plain text everybody may. */
        boolean mayBeNode() {
            return names.isEmpty() || names.get().stream().anyMatch(name -> name.role() == Role.NODE);
        }

        @Override
        public String toString() {
            return names.map(PeerRule::told).orElse("nobody known");
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        try {
            Caller caller = new Caller(
                    PeerNames.of(call.getAttributes()),
                    Optional.ofNullable(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
            boolean asNode =
                    PeerGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName());
            if (asNode && !caller.mayBeNode()) {
                return refuse(call, "who speaks as a node has a certificate that names " + caller);
            }
            return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            return refuse(call, "a caller's certificate says nothing: " + e.getMessage());
        }
    }

    private <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, String why) {
        refused.because(why);
        call.close(Status.PERMISSION_DENIED.withDescription(why), new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
