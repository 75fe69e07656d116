package dev.assent.security;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts whom the files of the moment trust, if the rule does too. Every way in leads through both. */
final class CurrentTrust extends X509ExtendedTrustManager {
    private final Supplier<Security.Held> held;
    private final PeerRule rule;
    private final Consumer<String> refused;

    /** With who is told why somebody was refused. */
    CurrentTrust(Supplier<Security.Held> held, PeerRule rule, Consumer<String> refused) {
        this.refused = refused;
        this.held = held;
        this.rule = rule;
    }

    /** The JDK's check of a chain, for one of the two directions. */
    private interface Check {
        void chain(X509TrustManager trust) throws CertificateException;
    }

    private void client(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, trust -> trust.checkClientTrusted(chain, authType));
    }

    private void server(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, trust -> {
            if (rule.comparesHosts()) {
                throw new CertificateException("nobody knows here which host it should name");
            }
            trust.checkServerTrusted(chain, authType);
        });
    }

    /** The JDK compares the host with the certificate if the engine asks for that. */
    private void serverAtHost(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        check(chain, trust -> {
            String algorithm = engine.getSSLParameters().getEndpointIdentificationAlgorithm();
            if (algorithm == null || algorithm.isEmpty() || !(trust instanceof X509ExtendedTrustManager comparing)) {
                throw new CertificateException("nobody compares here which host it names");
            }
            comparing.checkServerTrusted(chain, authType, engine);
        });
    }

    private void check(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            checkTime(chain);
            checkChain(chain, check);
            rule.check(chain[0]);
        } catch (CertificateException e) {
            refused.accept(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private void checkChain(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            check.chain(held.get().credentials().trust());
        } catch (CertificateException e) {
            throw foreign(chain[0], e);
        }
    }

    /** Of what the JDK checks, the part that operators meet most, in words; nothing is trusted that it would not trust. */
    private static void checkTime(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("it shows no certificate");
        }
        X509Certificate own = chain[0];
        String whose = "its certificate " + subject(own);
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new CertificateException(
                    whose + " has expired on " + own.getNotAfter().toInstant() + ": have a new one issued", e);
        } catch (CertificateNotYetValidException e) {
            throw new CertificateException(
                    whose + " is valid only from " + own.getNotBefore().toInstant() + " on: compare the clocks", e);
        }
    }

    private static CertificateException foreign(X509Certificate own, CertificateException cause) {
        String why = " is issued by nobody who is trusted here (" + cause.getMessage() + ")";
        return new CertificateException("its certificate " + subject(own) + why, cause);
    }

    /** Nobody has vouched for it yet. */
    private static String subject(X509Certificate own) {
        return CertifiedName.printable(own.getSubjectX500Principal().getName());
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
        if (engine != null && rule.comparesHosts()) {
            serverAtHost(chain, authType, engine);
        } else {
            server(chain, authType);
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return held.get().credentials().trust().getAcceptedIssuers();
    }
}
