package dev.assent.store;

import dev.assent.security.Security;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a session's certificates through the library, which carries settings only, to the socket that needs them. Each
 * connection shows the certificate of the moment. Thread-safe.
 */
public final class TlsDialling extends ZKClientConfig {
    private static final Logger LOG = LoggerFactory.getLogger(TlsDialling.class);

    /** Of a host's name in a certificate, RFC 2818. */
    private static final String BY_HOST = "HTTPS";

    private final StoreTls tls;
    private final SSLContext context;
    private volatile Optional<String> trouble = Optional.empty();

    TlsDialling(StoreTls tls, Security security) {
        this.tls = tls;
        this.context = security.context(tls.rule());
    }

    /** A connection with {@code server}, on a channel that is connected with it and does not block. */
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

    /** Why TLS with {@code server} came to nothing. The library goes on with the next server; it is said once until it works. */
    public void failed(InetSocketAddress server, IOException why) {
        String reason = server.getHostString() + ":" + server.getPort() + ": " + reason(why);
        if (!trouble.equals(Optional.of(reason))) {
            LOG.warn("no TLS with the store's server {}", reason);
        }
        trouble = Optional.of(reason);
    }

    /** Our own words, if it was refused here; else what the JDK says. */
    private static String reason(IOException why) {
        Throwable told = why;
        while (told.getCause() != null && !(told instanceof CertificateException)) {
            told = told.getCause();
        }
        return String.valueOf(told.getMessage() == null ? told : told.getMessage());
    }

    /** A server has answered. */
    public void worked() {
        trouble = Optional.empty();
    }

    /** Why the last attempt came to nothing. */
    Optional<String> trouble() {
        return trouble;
    }
}
