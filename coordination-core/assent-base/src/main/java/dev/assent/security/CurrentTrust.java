package dev.assent.security;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts whom the files of the moment trust, if the rule does too. Every way in leads through both. */
final class CurrentTrust extends X509ExtendedTrustManager {
    private final Supplier<Security.Held> held;
    private final PeerRule rule;

    CurrentTrust(Supplier<Security.Held> held, PeerRule rule) {
        this.held = held;
        this.rule = rule;
    }

    private void client(X509Certificate[] chain, String authType) throws CertificateException {
        held.get().credentials().trust().checkClientTrusted(chain, authType);
        rule.check(chain[0]);
    }

    private void server(X509Certificate[] chain, String authType) throws CertificateException {
        held.get().credentials().trust().checkServerTrusted(chain, authType);
        rule.check(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        client(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        server(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        client(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        server(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        client(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        server(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return held.get().credentials().trust().getAcceptedIssuers();
    }
}
