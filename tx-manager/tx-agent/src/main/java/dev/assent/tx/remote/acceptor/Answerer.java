package dev.assent.tx.remote.acceptor;

import dev.assent.security.CertifiedName;
import dev.assent.tx.remote.PeerNames;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Notes who answers one call: whoever is at an address need not be who was there before. */
final class Answerer implements ClientInterceptor {
    private volatile Optional<Set<CertifiedName>> names = Optional.of(Set.of());

    /** What its certificate says, once it has answered; empty in plain text. */
    Optional<Set<CertifiedName>> names() {
        return names;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                ClientCall<Q, A> call = delegate();
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onHeaders(Metadata answered) {
                                try {
                                    names = PeerNames.of(call.getAttributes());
                                } catch (SSLPeerUnverifiedException | CertificateException nobody) {
                                    call.cancel("the certificate of who answers says nothing", nobody);
                                }
                                super.onHeaders(answered);
                            }
                        },
                        headers);
            }
        };
    }
}
