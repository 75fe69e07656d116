package dev.assent.tx.remote.acceptor;

import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.tx.remote.PeerNames;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Who asks an acceptor.
 *
 * @param names what its certificate says; empty in plain text, where nobody is known and everybody may be a node
 */
public record Asker(Optional<Set<CertifiedName>> names) {
    private static final Context.Key<Asker> ASKER = Context.key("assent-asker");
    private static final Asker UNKNOWN = new Asker(Optional.empty());

    public boolean mayBeNode() {
        return names.isEmpty() || names.get().stream().anyMatch(name -> name.role() == Role.NODE);
    }

    /** Of the call that this thread begins with, where {@link Calls} has looked. */
    static Asker current() {
        Asker asker = ASKER.get();
        return asker == null ? UNKNOWN : asker;
    }

    @Override
    public String toString() {
        return names.map(PeerRule::told).orElse("nobody known");
    }

    /** Finds out who asks. Thread-safe. */
    static final class Calls implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            try {
                Asker asker = new Asker(PeerNames.of(call.getAttributes()));
                return Contexts.interceptCall(Context.current().withValue(ASKER, asker), call, headers, next);
            } catch (SSLPeerUnverifiedException | CertificateException e) {
                call.close(
                        Status.PERMISSION_DENIED.withDescription(
                                "a caller's certificate says nothing: " + e.getMessage()),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
        }
    }
}
