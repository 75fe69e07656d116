package dev.assent.coordination.jute;

import dev.assent.coordination.model.Payload;

/** Between a client and its connection: answered beside the line of its other requests. */
public sealed interface ConnectionRequest extends Request {
    <R> R accept(Handler<R> handler);

    @Override
    default <R> R accept(Request.Handler<R> handler) {
        return handler.connection(this);
    }

    /** The client lives, and asks whether the server does. */
    record Ping() implements ConnectionRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.ping(this);
        }
    }

    /** Who else the client is. {@code credentials} never go to a log. */
    record Auth(String scheme, Payload credentials) implements ConnectionRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.auth(this);
        }
    }

    /** One method per request. */
    interface Handler<R> {
        R ping(Ping request);

        R auth(Auth request);
    }
}
