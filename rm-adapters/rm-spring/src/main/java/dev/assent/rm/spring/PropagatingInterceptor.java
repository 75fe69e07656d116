package dev.assent.rm.spring;

import dev.assent.rm.http.NotJoinedException;
import dev.assent.rm.http.OutgoingCall;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.TransactionHeader;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * {@link OutgoingTransactions} for Spring's {@code RestClient} and {@code RestTemplate}. The client should not follow
 * redirects: this cannot see whether it does, only that an answer comes from somebody who did not join.
 */
public final class PropagatingInterceptor implements ClientHttpRequestInterceptor {
    private final OutgoingTransactions outgoing;

    public PropagatingInterceptor(OutgoingTransactions outgoing) {
        this.outgoing = outgoing;
    }

    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        Optional<OutgoingCall> call = outgoing.callTo(request.getURI());
        call.ifPresent(sent -> request.getHeaders().set(TransactionHeader.NAME, sent.token()));
        ClientHttpResponse answer = execution.execute(request, body);
        if (call.isPresent()) {
            look(call.get(), answer);
        }
        return answer;
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
