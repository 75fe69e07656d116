package dev.assent.rm.grpc;

import dev.assent.rm.http.NotJoinedException;
import dev.assent.rm.http.OutgoingCall;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.UnlistedHostException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@link OutgoingTransactions} for gRPC: calls take the transaction of the thread that makes them along, to the hosts that
 * the list allows by their authority. Thread-safe. gRPC follows no redirects.
 */
public final class PropagatingClientInterceptor implements ClientInterceptor {
    private final OutgoingTransactions outgoing;

    public PropagatingClientInterceptor(OutgoingTransactions outgoing) {
        this.outgoing = outgoing;
    }

    /**
     * @throws UnlistedHostException the thread is in a transaction, and the host is neither allowed nor excluded
     * @throws IllegalStateException a stream was to take a transaction along: it has no end that the transaction waits for
     */
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        String authority = Optional.ofNullable(options.getAuthority()).orElse(next.authority());
        Optional<OutgoingCall> call = outgoing.callTo(URI.create("grpc://" + authority));
        if (call.isEmpty()) {
            return next.newCall(method, options);
        }
        if (method.getType() != MethodDescriptor.MethodType.UNARY) {
            throw new IllegalStateException(method.getFullMethodName() + " is a stream and cannot be called inside a"
                    + " transaction: only unary calls take it along. Call it outside, or exclude " + authority);
        }
        return new Carrying<>(next.newCall(method, options), call.get());
    }

    private static final class Carrying<Q, A> extends SimpleForwardingClientCall<Q, A> {
        private final OutgoingCall call;

        Carrying(ClientCall<Q, A> delegate, OutgoingCall call) {
            super(delegate);
            this.call = call;
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {
            TransactionMetadata.set(headers, call.token());
            if (!headers.containsKey(TransactionMetadata.TRACEPARENT)) {
                call.traceparent().ifPresent(trace -> headers.put(TransactionMetadata.TRACEPARENT, trace));
            }
            super.start(new Looking<>(listener, call), headers);
        }
    }

    /** Looks for the word of whoever joined, in the first or in the last metadata. */
    private static final class Looking<A> extends SimpleForwardingClientCallListener<A> {
        private static final int HTTP_OK = 200;

        private final OutgoingCall call;
        private @Nullable String said;

        Looking(ClientCall.Listener<A> delegate, OutgoingCall call) {
            super(delegate);
            this.call = call;
        }

        @Override
        public void onHeaders(Metadata headers) {
            said = headers.get(TransactionMetadata.KEY);
            super.onHeaders(headers);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            super.onClose(status.isOk() ? judged(status, trailers) : status, trailers);
        }

        private Status judged(Status status, Metadata trailers) {
            try {
                call.answered(HTTP_OK, said != null ? said : trailers.get(TransactionMetadata.KEY));
                return status;
            } catch (NotJoinedException failed) {
                return Status.FAILED_PRECONDITION
                        .withDescription(failed.getMessage())
                        .withCause(failed);
            }
        }
    }
}
