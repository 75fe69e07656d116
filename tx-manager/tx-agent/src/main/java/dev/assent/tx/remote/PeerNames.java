package dev.assent.tx.remote;

import dev.assent.security.CertifiedName;
import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Who is at the other end of a call, from the certificate that its connection has begun with. */
public final class PeerNames {
    private PeerNames() {}

    /**
     * What its certificate says; empty in plain text, where nobody is known.
     *
     * @param call the attributes of a call, at either end
     * @throws CertificateException nobody can tell what the certificate says
     */
    public static Optional<Set<CertifiedName>> of(Attributes call)
            throws SSLPeerUnverifiedException, CertificateException {
        SSLSession session = call.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return Optional.empty();
        }
        return session.getPeerCertificates()[0] instanceof X509Certificate own
                ? Optional.of(CertifiedName.of(own))
                : Optional.of(Set.of());
    }
}
