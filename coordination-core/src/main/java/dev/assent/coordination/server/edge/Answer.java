package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.Response;
import dev.assent.coordination.model.ErrorCode;

/** What a client is told: a body, or an error without one. */
record Answer(ErrorCode error, Response body) {
    static final Answer EMPTY = new Answer(ErrorCode.OK, Response.Empty.INSTANCE);

    static Answer of(Response body) {
        return new Answer(ErrorCode.OK, body);
    }

    static Answer failed(ErrorCode error) {
        return new Answer(error, Response.Empty.INSTANCE);
    }
}
