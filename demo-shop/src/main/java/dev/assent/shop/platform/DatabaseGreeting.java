package dev.assent.shop.platform;

import dev.assent.security.PeerRule;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * TLS with PostgreSQL ends at the gate, on both sides, so that what a service says can be read there. The service meets the
 * gate's certificate, and the server that of the service, as its files are at that moment: one that has expired is refused by
 * either. (PostgreSQL's documentation, "Message Flow", SSL Session Encryption.)
 *
 * @param own what the gate shows to the service
 * @param service what it shows to the server in the service's place
 */
public record DatabaseGreeting(TlsFiles own, TlsFiles service) implements Greeting {
    private static final int REQUEST_BYTES = 8;
    private static final int SSL_REQUEST = 80877103;
    private static final int YES = 'S';

    @Override
    public Ends greet(Socket client, Socket server) throws IOException {
        DataInputStream asked = new DataInputStream(client.getInputStream());
        int length = asked.readInt();
        int code = asked.readInt();
        DataOutputStream on = new DataOutputStream(server.getOutputStream());
        on.writeInt(length);
        on.writeInt(code);
        if (length != REQUEST_BYTES || code != SSL_REQUEST) {
            return new Ends(client, server); // plain text, or a request to cancel: the server's affair
        }
        int answer = server.getInputStream().read();
        if (answer != YES) {
            throw new IOException("the database speaks no TLS: it answered " + answer);
        }
        client.getOutputStream().write(answer);
        Socket towardsClient = asServer(client);
        Socket towardsServer = asClient(server);
        return new Ends(towardsClient, towardsServer);
    }

    private Socket asServer(Socket client) throws IOException {
        SSLSocket secured = layered(context(own), client);
        secured.setUseClientMode(false);
        secured.setNeedClientAuth(true);
        secured.startHandshake();
        return secured;
    }

    private Socket asClient(Socket server) throws IOException {
        SSLSocket secured = layered(context(service), server);
        secured.startHandshake();
        return secured;
    }

    private static SSLSocket layered(SSLContext context, Socket plain) throws IOException {
        return (SSLSocket) context.getSocketFactory()
                .createSocket(plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
    }

    /** The authority's word is enough: a database is nobody of ours, and who the service is the server looks at. */
    private static SSLContext context(TlsFiles files) throws IOException {
        try (Security security = Security.once(files)) {
            return security.context(PeerRule.anyone());
        } catch (SettingsException e) {
            throw new IOException("the run's own certificates cannot be used", e);
        }
    }
}
