package dev.assent.tx.remote.agent;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** A request that certainly has no effect, now or later: a node says so, or it never left this process. */
final class NotBegun extends StatusRuntimeException {
    private static final long serialVersionUID = 1L;

    NotBegun(Status status) {
        super(status);
    }
}
