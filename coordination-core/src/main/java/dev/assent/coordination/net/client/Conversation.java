package dev.assent.coordination.net.client;

import java.security.cert.X509Certificate;
import java.util.function.Consumer;

/** What the server makes of one connection. Called on the connection's event loop only. */
public interface Conversation {

    /** One whole request, without its length. The array is the callee's. */
    void frame(byte[] request) throws MalformedFrameException;

    /** The client has shown this certificate, whose chain leads to whom this server trusts; before the first frame. */
    void certified(X509Certificate certificate);

    /** The connection is gone; nothing is called after this. */
    void closed();

    /** Makes conversations for new connections, and answers those who only want a word. Called on event loops. */
    interface Opener {
        Conversation open(ClientChannel channel);

        /**
         * Answers one of the allowed four-letter words.
         *
         * @param answered takes the text, at once or later and then on any thread
         */
        void answer(String word, Consumer<String> answered);

        /** This server lacks a part of itself, say a class that cannot be loaded: it cannot serve anybody properly. */
        void failed(Throwable cause);
    }
}
