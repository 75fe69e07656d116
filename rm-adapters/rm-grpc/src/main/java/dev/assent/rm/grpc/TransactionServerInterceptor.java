package dev.assent.rm.grpc;

import dev.assent.rm.http.TransactionHeader;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.trace.Arrival;
import dev.assent.trace.Tracing;
import dev.assent.tx.api.TransactionServiceException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import jakarta.transaction.RollbackException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs unary calls that carry a transaction inside it. The handler's work is over, flushed and able to prepare before the
 * caller gets the answer. Calls without a token pass untouched. Thread-safe.
 *
 * <p>The handler failed when it throws, or answers a status that tells a fault of the service ({@code INTERNAL},
 * {@code UNKNOWN}, {@code UNAVAILABLE} and the like): the transaction can then only roll back. Other statuses are its
 * business; the caller decides. It has to answer on the thread that it is called on.
 */
public final class TransactionServerInterceptor implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionServerInterceptor.class);
    private static final String NOTHING = ". Nothing was begun.";

    private final AssentTransactions transactions;

    public TransactionServerInterceptor(AssentTransactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Iterable<String> tokens = headers.getAll(TransactionMetadata.KEY);
        if (tokens == null) {
            return next.startCall(call, headers);
        }
        Iterator<String> all = tokens.iterator();
        String token = all.next();
        if (all.hasNext() || !TransactionHeader.isWellFormed(token)) {
            return refused(
                    call,
                    Status.INVALID_ARGUMENT.withDescription("the metadata " + TransactionMetadata.KEY.name()
                            + " must appear once, with 1 to " + TransactionHeader.TOKEN_CHARACTERS_MAX
                            + " printable characters: the token of a transaction" + NOTHING));
        }
        if (call.getMethodDescriptor().getType() != MethodDescriptor.MethodType.UNARY) {
            return refused(
                    call,
                    Status.FAILED_PRECONDITION.withDescription("a stream cannot be part of a transaction" + NOTHING));
        }
        HeldCall<Q, A> held = new HeldCall<>(call);
        return new Joined<>(next.startCall(held, headers), held, token, call.getMethodDescriptor(), headers);
    }

    private static Arrival arrival(MethodDescriptor<?, ?> method, Metadata headers) {
        String traceparent = headers.get(TransactionMetadata.TRACEPARENT);
        return new Arrival(
                Arrival.Kind.REQUEST,
                method.getFullMethodName(),
                traceparent == null ? "" : traceparent,
                Map.of("rpc.system.name", "grpc", "rpc.method", method.getFullMethodName()));
    }

    private static <Q, A> ServerCall.Listener<Q> refused(ServerCall<Q, A> call, Status why) {
        call.close(why, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** A unary handler works when the request is complete: then the thread is in the transaction. */
    private final class Joined<Q, A> extends SimpleForwardingServerCallListener<Q> {
        private final HeldCall<Q, A> held;
        private final String token;
        private final MethodDescriptor<Q, A> method;
        private final Metadata headers;

        Joined(
                ServerCall.Listener<Q> delegate,
                HeldCall<Q, A> held,
                String token,
                MethodDescriptor<Q, A> method,
                Metadata headers) {
            super(delegate);
            this.held = held;
            this.token = token;
            this.method = method;
            this.headers = headers;
        }

        @Override
        public void onHalfClose() {
            Tracing tracing = transactions.tracing();
            if (tracing == Tracing.NONE) {
                join();
                return;
            }
            try (Tracing.Scope span = tracing.work(arrival(method, headers))) {
                try {
                    join();
                } catch (RuntimeException e) {
                    span.failed(e.getClass().getName());
                    throw e;
                }
                held.ended()
                        .filter(TransactionServerInterceptor::isFailure)
                        .ifPresent(status -> span.failed(status.getCode().name()));
            }
        }

        private void join() {
            Participation participation;
            try {
                participation = transactions.join(token);
            } catch (TransactionServiceException refusal) {
                Status kind = refusal.isRetrySafe() ? Status.UNAVAILABLE : Status.PERMISSION_DENIED;
                held.refuse(kind.withDescription(refusal.getMessage() + NOTHING));
                return;
            }
            Optional<Status> instead = work(participation);
            if (instead.isPresent()) {
                held.refuse(instead.get());
            } else {
                held.send();
            }
        }

        /** Runs the handler and ends its work, whatever happens. */
        private Optional<Status> work(Participation participation) {
            try (participation) {
                try {
                    super.onHalfClose();
                } catch (RuntimeException e) {
                    participation.markRollbackOnly("a participant failed: " + e, e);
                    throw e;
                }
                Optional<Status> ended = held.ended();
                if (ended.isEmpty()) {
                    participation.markRollbackOnly("a participant went on after its call had returned", null);
                    return Optional.of(
                            Status.FAILED_PRECONDITION.withDescription("a call within a transaction cannot be"
                                    + " handled asynchronously: answer it on the thread that it comes on"));
                }
                if (isFailure(ended.get())) {
                    participation.markRollbackOnly("a participant answered " + ended.get(), null);
                }
                return leave(participation, ended.get());
            }
        }
    }

    /** A handler that thinks it succeeded must not tell so when its work cannot be committed. */
    private static Optional<Status> leave(Participation participation, Status answered) {
        try {
            participation.leave();
            return Optional.empty();
        } catch (RollbackException e) {
            LOG.info("{}: {}", participation.id(), e.getMessage());
            return answered.isOk()
                    ? Optional.of(
                            Status.ABORTED.withDescription("the transaction can only roll back: " + e.getMessage()))
                    : Optional.empty();
        }
    }

    private static boolean isFailure(Status status) {
        return switch (status.getCode()) {
            case OK,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE -> false;
            case CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    RESOURCE_EXHAUSTED,
                    UNIMPLEMENTED,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS -> true;
        };
    }
}
