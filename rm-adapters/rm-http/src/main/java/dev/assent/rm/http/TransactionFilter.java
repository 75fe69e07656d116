package dev.assent.rm.http;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.trace.Arrival;
import dev.assent.trace.Traceparent;
import dev.assent.trace.Tracing;
import dev.assent.tx.api.TransactionServiceException;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.RollbackException;
import java.io.IOException;
import java.util.Enumeration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests that carry a transaction inside it. The handler's work is over, flushed and able to prepare before
 * the caller gets the answer. Requests without the header pass untouched.
 *
 * <p>The handler failed when it throws or answers 500 and above: the transaction can then only roll back. Answers
 * below are its business; the caller decides.
 *
 * <p>Where spans are made of the service's events, every request has one, below the one that its {@code traceparent} names.
 */
public final class TransactionFilter implements Filter {
    /** Longest body of an answer within a transaction, unless told otherwise. */
    public static final int BODY_BYTES_MAX = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(TransactionFilter.class);

    private final AssentTransactions transactions;
    private final int bodyBytesMax;

    public TransactionFilter(AssentTransactions transactions) {
        this(transactions, BODY_BYTES_MAX);
    }

    /** As the other constructor, with a limit on answers within a transaction, which are held in memory. */
    public TransactionFilter(AssentTransactions transactions, int bodyBytesMax) {
        this.transactions = transactions;
        this.bodyBytesMax = bodyBytesMax;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest call) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        Tracing tracing = transactions.tracing();
        if (tracing == Tracing.NONE) {
            joinOrPass(call, answer, chain);
            return;
        }
        try (Tracing.Scope work = tracing.work(arrival(call))) {
            try {
                joinOrPass(call, answer, chain);
            } catch (IOException | ServletException | RuntimeException e) {
                work.failed(e.getClass().getName());
                throw e;
            }
            if (answer.getStatus() >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
                work.failed(String.valueOf(answer.getStatus()));
            }
        }
    }

    /** Named by the method alone: what is variable in the path is known to nobody here. */
    private static Arrival arrival(HttpServletRequest call) {
        String traceparent = call.getHeader(Traceparent.NAME);
        return new Arrival(
                Arrival.Kind.REQUEST,
                call.getMethod(),
                traceparent == null ? "" : traceparent,
                Map.of("http.request.method", call.getMethod(), "url.path", path(call)));
    }

    /** What stands behind a semicolon may be a session's secret. */
    private static String path(HttpServletRequest call) {
        return String.valueOf(call.getRequestURI()).replaceAll(";[^/]*", "");
    }

    private void joinOrPass(HttpServletRequest call, HttpServletResponse answer, FilterChain chain)
            throws IOException, ServletException {
        Enumeration<String> headers = call.getHeaders(TransactionHeader.NAME);
        if (headers == null || !headers.hasMoreElements()) {
            chain.doFilter(call, answer);
            return;
        }
        String token = headers.nextElement();
        if (headers.hasMoreElements() || !TransactionHeader.isWellFormed(token)) {
            malformed().send(answer);
            return;
        }
        Participation participation;
        try {
            participation = transactions.join(token);
        } catch (TransactionServiceException e) {
            refused(e).send(answer);
            return;
        }
        HeldResponse held = new HeldResponse(answer, bodyBytesMax);
        Optional<Problem> problem = work(participation, new SynchronousRequest(call), held, chain);
        if (problem.isPresent()) {
            problem.get().send(answer);
        } else {
            held.send();
        }
    }

    /** Runs the handler and ends its work, whatever happens. */
    private static Optional<Problem> work(
            Participation participation, HttpServletRequest call, HeldResponse held, FilterChain chain)
            throws IOException, ServletException {
        try (participation) {
            try {
                chain.doFilter(call, held);
            } catch (IOException | ServletException | RuntimeException e) {
                participation.markRollbackOnly("a participant failed: " + e, e);
                throw e;
            }
            if (held.isFailure()) {
                participation.markRollbackOnly("a participant answered " + held.getStatus(), null);
            }
            return leave(participation, held);
        }
    }

    /** A handler that thinks it succeeded must not tell so when its work cannot be committed. */
    private static Optional<Problem> leave(Participation participation, HeldResponse held) {
        try {
            participation.leave();
            return Optional.empty();
        } catch (RollbackException e) {
            LOG.info("{}: {}", participation.id(), e.getMessage());
            return held.getStatus() < HttpServletResponse.SC_BAD_REQUEST
                    ? Optional.of(new Problem(
                            HttpServletResponse.SC_CONFLICT,
                            "The transaction can only roll back",
                            String.valueOf(e.getMessage())))
                    : Optional.empty();
        }
    }

    private static Problem malformed() {
        return new Problem(
                HttpServletResponse.SC_BAD_REQUEST,
                "Malformed " + TransactionHeader.NAME + " header",
                "It must appear once, with 1 to " + TransactionHeader.TOKEN_CHARACTERS_MAX
                        + " printable ASCII characters: the token of a transaction. Nothing was begun.");
    }

    private static Problem refused(TransactionServiceException refusal) {
        return refusal.isRetrySafe()
                ? new Problem(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "The transaction cannot be joined now",
                        refusal.getMessage() + ". Nothing was begun; the same request may succeed later.")
                : new Problem(
                        HttpServletResponse.SC_FORBIDDEN,
                        "The transaction cannot be joined",
                        refusal.getMessage() + ". Nothing was begun.");
    }
}
