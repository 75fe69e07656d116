package dev.assent.coordination.jute;

import dev.assent.coordination.model.ErrorCode;

/**
 * What a client asks for, in families by who answers it. Well-formed, but not valid yet: paths, flags and modes are as
 * the client sent them.
 */
public sealed interface Request
        permits ReadRequest, WatchingRequest, OrderedRequest, ConnectionRequest, Request.Refused {
    <R> R accept(Handler<R> handler);

    /**
     * What this server does not do, whoever asks: by its kind (SASL, RECONFIG, DELETE_CONTAINER, CREATE_SESSION, a
     * CHECK outside of a multi, UNKNOWN) or by its form.
     */
    record Refused(OpCode opCode, ErrorCode error) implements Request {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /** One method per family. */
    interface Handler<R> {
        R read(ReadRequest request);

        R watching(WatchingRequest request);

        R ordered(OrderedRequest request);

        R connection(ConnectionRequest request);

        R refused(Refused request);
    }
}
