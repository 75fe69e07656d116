package dev.assent.store;

import dev.assent.security.Security;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Over TLS, with a session's certificates. Each connection shows the certificate of the moment. Thread-safe.
 */
final class TlsDialling extends Dialling {
    private static final Logger LOG = LoggerFactory.getLogger(TlsDialling.class);

    /** Of a host's name in a certificate, RFC 2818. */
    private static final String BY_HOST = "HTTPS";

    /** Of a reason. */
    private static final int REASON_CHARS_MAX = 500;

    private final StoreTls tls;
    private final SSLContext context;
    /** What was said last of each server; there are as many as are named. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    private volatile Optional<String> trouble = Optional.empty();

    TlsDialling(StoreTls tls, Security security) {
        this.tls = tls;
        this.context = security.context(tls.rule());
    }

    @Override
    public TlsWire wire(SocketChannel channel, InetSocketAddress server) throws IOException {
        SSLEngine engine = context.createSSLEngine(server.getHostString(), server.getPort());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {Security.PROTOCOL});
        if (tls.rule().comparesHosts()) {
            parameters.setEndpointIdentificationAlgorithm(BY_HOST);
        }
        engine.setSSLParameters(parameters);
        return new TlsWire(channel, engine);
    }

    /**
     * Why TLS with {@code server} came to nothing. The library goes on with the next server, again and again: of each it is
     * said once until one works.
     *
     * @return whether it was said
     */
    @Override
    public boolean failed(InetSocketAddress server, IOException why) {
        String name = server.getHostString() + ":" + server.getPort();
        String reason = name + ": " + reason(why);
        boolean isNews = !reason.equals(told.put(name, reason));
        if (isNews) {
            LOG.warn("no TLS with the store's server {}", reason);
        }
        trouble = Optional.of(reason);
        return isNews;
    }

    /** Our own words, if it was refused here; else what the JDK says, in which the server may have its say. */
    private static String reason(IOException why) {
        Throwable reason = why;
        while (reason.getCause() != null && !(reason instanceof CertificateException)) {
            reason = reason.getCause();
        }
        String words = reason.getMessage() == null ? reason.toString() : reason.getMessage();
        return words.substring(0, Math.min(words.length(), REASON_CHARS_MAX)).replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public void worked() {
        trouble = Optional.empty();
        told.clear();
    }

    /** Why the last attempt came to nothing. */
    Optional<String> trouble() {
        return trouble;
    }
}
