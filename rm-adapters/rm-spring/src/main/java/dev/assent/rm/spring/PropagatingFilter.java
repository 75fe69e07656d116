package dev.assent.rm.spring;

import dev.assent.rm.http.FollowsRedirectsException;
import dev.assent.rm.http.NotJoinedException;
import dev.assent.rm.http.OutgoingCall;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.TransactionHeader;
import dev.assent.trace.Traceparent;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * {@link OutgoingTransactions} for Spring's {@code WebClient}. The transaction is that of the thread that subscribes, as
 * {@code block()} does; nothing here blocks. A client that follows redirects is not given the transaction.
 */
public final class PropagatingFilter implements ExchangeFilterFunction {
    private final OutgoingTransactions outgoing;
    private final boolean trusting;
    private final Redirects<ClientHttpConnector> redirects = new Redirects<>("PropagatingFilter.trusting(outgoing)");

    public PropagatingFilter(OutgoingTransactions outgoing) {
        this(outgoing, false);
    }

    private PropagatingFilter(OutgoingTransactions outgoing, boolean trusting) {
        this.outgoing = outgoing;
        this.trusting = trusting;
    }

    /** For clients that their maker knows to follow no redirects, and that cannot be tried, as behind a proxy. */
    public static PropagatingFilter trusting(OutgoingTransactions outgoing) {
        return new PropagatingFilter(outgoing, true);
    }

    /** Fails with a {@link FollowsRedirectsException} as {@link PropagatingInterceptor} does. */
    @Override
    public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
        Optional<OutgoingCall> call = outgoing.callTo(request.url());
        if (call.isEmpty()) {
            return next.exchange(request);
        }
        ClientRequest carrying = ClientRequest.from(request)
                .headers(headers -> {
                    headers.set(TransactionHeader.NAME, call.get().token());
                    if (headers.getFirst(Traceparent.NAME) == null) {
                        call.get().traceparent().ifPresent(trace -> headers.set(Traceparent.NAME, trace));
                    }
                })
                .build();
        return checkStays(request.url(), next)
                .then(Mono.defer(() -> next.exchange(carrying)))
                .flatMap(answer -> look(call.get(), answer));
    }

    private Mono<Void> checkStays(URI target, ExchangeFunction next) {
        if (trusting) {
            return Mono.empty();
        }
        Set<ClientHttpConnector> connectors = Carriers.below(next, ExchangeFunction.class, ClientHttpConnector.class);
        if (redirects.isKnownToStay(connectors)) {
            return Mono.empty();
        }
        redirects.check(target, connectors);
        return Flux.fromIterable(connectors)
                .concatMap(connector -> attempt(target, connector))
                .then();
    }

    private Mono<Void> attempt(URI target, ClientHttpConnector connector) {
        return Mono.using(
                RedirectProbe::new,
                probe -> connector
                        .connect(HttpMethod.GET, probe.uri(), ClientHttpRequest::setComplete)
                        .flatMap(answer -> answer.getBody()
                                .doOnNext(DataBufferUtils::release)
                                .then())
                        .timeout(Duration.ofMillis(2L * RedirectProbe.PATIENCE_MILLIS))
                        .onErrorMap(failure -> redirects.failed(target, new IOException(failure)))
                        .then(Mono.fromRunnable(() -> redirects.tried(target, connector, probe.seen()))),
                RedirectProbe::close);
    }

    private static Mono<ClientResponse> look(OutgoingCall call, ClientResponse answer) {
        try {
            call.answered(
                    answer.statusCode().value(),
                    answer.headers().asHttpHeaders().getFirst(TransactionHeader.NAME));
            return Mono.just(answer);
        } catch (NotJoinedException failed) {
            return answer.releaseBody().then(Mono.error(failed));
        }
    }
}
