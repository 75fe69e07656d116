package dev.assent.rm.spring;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host on loopback, for one moment, that answers one request with a redirect to itself: what a client does with that
 * it does with the redirects of others. Nothing but the request that tries it is ever sent here.
 */
final class RedirectProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedirectProbe.class);
    /** How long a client may take to connect and to say what it wants. */
    static final int PATIENCE_MILLIS = 2_000;

    private static final int WAITING_MAX = 4;

    private final String secret = UUID.randomUUID().toString();
    private final ServerSocket door;
    private volatile Seen seen = Seen.NOTHING;

    /** What the client did. */
    enum Seen {
        /** It never came, as one that goes through a proxy. */
        NOTHING,
        STAYED,
        FOLLOWED
    }

    RedirectProbe() throws IOException {
        door = new ServerSocket(0, WAITING_MAX, InetAddress.getLoopbackAddress());
        door.setSoTimeout(PATIENCE_MILLIS);
        Thread host = new Thread(this::answerAll, "assent-redirect-probe");
        host.setDaemon(true);
        host.start();
    }

    /** Where a GET request is answered with a redirect. */
    URI uri() {
        return place("/from/");
    }

    private URI place(String path) {
        String host = door.getInetAddress().getHostAddress();
        return URI.create(
                "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + door.getLocalPort() + path + secret);
    }

    Seen seen() {
        return seen;
    }

    private void answerAll() {
        while (!door.isClosed() && seen != Seen.FOLLOWED) {
            try (Socket caller = door.accept()) {
                caller.setSoTimeout(PATIENCE_MILLIS);
                answer(caller);
            } catch (IOException over) {
                LOG.trace("the redirect probe has nothing more to answer", over);
                return;
            }
        }
    }

    private void answer(Socket caller) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.US_ASCII));
        String first = in.readLine();
        for (String line = first; line != null && !line.isEmpty(); ) {
            line = in.readLine();
        }
        if (first == null || !first.contains(secret)) {
            return;
        }
        boolean followed = first.contains("/to/");
        seen = followed ? Seen.FOLLOWED : Seen.STAYED;
        String answer = followed ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 302 Found\r\nLocation: " + place("/to/") + "\r\n";
        caller.getOutputStream()
                .write((answer + "Content-Length: 0\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            LOG.debug("the redirect probe did not close cleanly", e);
        }
    }
}
