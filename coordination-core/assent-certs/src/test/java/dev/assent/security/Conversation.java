package dev.assent.security;

import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * A handshake between two engines in memory, with certificates asked for on both sides, and a byte each way after it.
 *
 * @param refusal what made one of the two stop
 */
record Conversation(
        Optional<SSLException> refusal,
        String protocol,
        List<Certificate> seenByClient,
        List<Certificate> seenByServer) {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int STEPS_MAX = 200;

    static Conversation between(SSLContext client, SSLContext server) {
        SSLEngine here = client.createSSLEngine();
        here.setUseClientMode(true);
        SSLEngine there = server.createSSLEngine();
        there.setUseClientMode(false);
        there.setNeedClientAuth(true);
        try {
            run(here, there);
            return new Conversation(Optional.empty(), here.getSession().getProtocol(), peers(here), peers(there));
        } catch (SSLException e) {
            return new Conversation(Optional.of(e), "", List.of(), List.of());
        }
    }

    private static List<Certificate> peers(SSLEngine engine) throws SSLPeerUnverifiedException {
        return List.of(engine.getSession().getPeerCertificates());
    }

    private static void run(SSLEngine here, SSLEngine there) throws SSLException {
        ByteBuffer toThere = ByteBuffer.allocate(BUFFER_BYTES);
        ByteBuffer toHere = ByteBuffer.allocate(BUFFER_BYTES);
        int got = 0;
        for (int step = 0; step < STEPS_MAX && got < 2; step++) {
            got += step(here, toHere, toThere);
            got += step(there, toThere, toHere);
        }
        if (got < 2) {
            throw new SSLException("they do not come to talk: " + here.getHandshakeStatus());
        }
    }

    /** Reads, then writes; how many bytes of the other's came through. */
    private static int step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(BUFFER_BYTES);
        in.flip();
        SSLEngineResult read = engine.unwrap(in, plain);
        in.compact();
        tasks(engine);
        boolean talking = engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        ByteBuffer word = ByteBuffer.wrap(talking ? new byte[] {1} : new byte[0]);
        SSLEngineResult unused = engine.wrap(word, out);
        tasks(engine);
        return read.bytesProduced() > 0 ? 1 : 0;
    }

    private static void tasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
