package dev.assent.rm.spring;

import dev.assent.rm.http.FollowsRedirectsException;
import dev.assent.rm.http.NotJoinedException;
import dev.assent.rm.http.OutgoingCall;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.TransactionHeader;
import dev.assent.trace.Traceparent;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * {@link OutgoingTransactions} for Spring's {@code RestClient} and {@code RestTemplate}. A client that follows redirects
 * is not given the transaction. Thread-safe; one may serve many clients.
 */
public final class PropagatingInterceptor implements ClientHttpRequestInterceptor {
    private final OutgoingTransactions outgoing;
    private final boolean trusting;
    private final Redirects<ClientHttpRequestFactory> redirects =
            new Redirects<>("PropagatingInterceptor.trusting(outgoing)");

    public PropagatingInterceptor(OutgoingTransactions outgoing) {
        this(outgoing, false);
    }

    private PropagatingInterceptor(OutgoingTransactions outgoing, boolean trusting) {
        this.outgoing = outgoing;
        this.trusting = trusting;
    }

    /** For clients that their maker knows to follow no redirects, and that cannot be tried, as behind a proxy. */
    public static PropagatingInterceptor trusting(OutgoingTransactions outgoing) {
        return new PropagatingInterceptor(outgoing, true);
    }

    /**
     * @throws FollowsRedirectsException in a transaction: the client follows redirects, or nobody can tell; nothing was
     *     sent
     */
    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        Optional<OutgoingCall> call = outgoing.callTo(request.getURI());
        if (call.isPresent()) {
            checkStays(request.getURI(), execution);
            request.getHeaders().set(TransactionHeader.NAME, call.get().token());
            if (request.getHeaders().getFirst(Traceparent.NAME) == null) {
                call.get().traceparent().ifPresent(trace -> request.getHeaders().set(Traceparent.NAME, trace));
            }
        }
        ClientHttpResponse answer = execution.execute(request, body);
        if (call.isPresent()) {
            look(call.get(), answer);
        }
        return answer;
    }

    private void checkStays(URI target, ClientHttpRequestExecution execution) {
        if (trusting) {
            return;
        }
        Set<ClientHttpRequestFactory> factories =
                Carriers.below(execution, ClientHttpRequestExecution.class, ClientHttpRequestFactory.class);
        if (redirects.isKnownToStay(factories)) {
            return;
        }
        redirects.check(target, factories);
        for (ClientHttpRequestFactory factory : factories) {
            try (RedirectProbe probe = new RedirectProbe()) {
                factory.createRequest(probe.uri(), HttpMethod.GET).execute().close();
                redirects.tried(target, factory, probe.seen());
            } catch (IOException e) {
                throw redirects.failed(target, e);
            }
        }
    }

    private static void look(OutgoingCall call, ClientHttpResponse answer) throws IOException {
        try {
            call.answered(answer.getStatusCode().value(), answer.getHeaders().getFirst(TransactionHeader.NAME));
        } catch (NotJoinedException failed) {
            answer.close();
            throw failed;
        }
    }
}
