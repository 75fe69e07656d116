package dev.assent.rm.grpc;

import dev.assent.rm.http.TransactionHeader;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer that stays here until its transaction's work has ended: one message at most, as the call is unary. */
final class HeldCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private Metadata headers = new Metadata();
    private @Nullable A message;
    private @Nullable Status status;
    private Metadata trailers = new Metadata();

    HeldCall(ServerCall<Q, A> delegate) {
        super(delegate);
    }

    @Override
    public synchronized void sendHeaders(Metadata first) {
        headers = first;
    }

    @Override
    public synchronized void sendMessage(A answer) {
        message = answer;
    }

    @Override
    public synchronized void close(Status how, Metadata last) {
        status = how;
        trailers = last;
    }

    /** How the handler has ended; empty if it goes on. */
    synchronized Optional<Status> ended() {
        return Optional.ofNullable(status);
    }

    /** Lets the answer go, and says that it belongs to the transaction. */
    synchronized void send() {
        Status how = status;
        if (how == null) {
            throw new IllegalStateException("the handler has not ended");
        }
        TransactionMetadata.set(trailers, TransactionHeader.JOINED);
        if (message != null) {
            TransactionMetadata.set(headers, TransactionHeader.JOINED);
            delegate().sendHeaders(headers);
            delegate().sendMessage(message);
        }
        delegate().close(how, trailers);
    }

    /** Answers something else. */
    void refuse(Status how) {
        delegate().close(how, new Metadata());
    }
}
