package dev.assent.rm.http;

import java.io.IOException;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/** {@link OutgoingTransactions} for Spring's {@code RestClient} and {@code RestTemplate}. */
public final class PropagatingInterceptor implements ClientHttpRequestInterceptor {
    private final OutgoingTransactions outgoing;

    public PropagatingInterceptor(OutgoingTransactions outgoing) {
        this.outgoing = outgoing;
    }

    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        outgoing.tokenFor(request.getURI())
                .ifPresent(token -> request.getHeaders().set(TransactionHeader.NAME, token));
        return execution.execute(request, body);
    }
}
