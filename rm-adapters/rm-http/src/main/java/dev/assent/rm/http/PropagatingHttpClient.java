package dev.assent.rm.http;

import dev.assent.trace.Traceparent;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** {@link OutgoingTransactions} as a client of java.net.http. WebSockets are passed on without a transaction. */
final class PropagatingHttpClient extends HttpClient {
    private final HttpClient client;
    private final OutgoingTransactions outgoing;

    PropagatingHttpClient(HttpClient client, OutgoingTransactions outgoing) {
        if (client.followRedirects() != Redirect.NEVER) {
            throw new IllegalArgumentException(
                    "the client follows redirects (" + client.followRedirects() + "), and a transaction's header would"
                            + " go with them to any host; build it with followRedirects(HttpClient.Redirect.NEVER)");
        }
        this.client = client;
        this.outgoing = outgoing;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        Optional<OutgoingCall> call = outgoing.callTo(request.uri());
        HttpResponse<T> answer = client.send(carrying(request, call), handler);
        call.ifPresent(sent -> look(sent, answer));
        return answer;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return sendAsync(request, handler, null);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushes) {
        Optional<OutgoingCall> call = outgoing.callTo(request.uri());
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(carrying(request, call), handler, pushes);
        return call.isEmpty()
                ? answer
                : answer.thenApply(told -> {
                    look(call.get(), told);
                    return told;
                });
    }

    private static void look(OutgoingCall call, HttpResponse<?> answer) {
        call.answered(
                answer.statusCode(),
                answer.headers().firstValue(TransactionHeader.NAME).orElse(null));
    }

    /** The request with the header; without one that the caller may have put there by hand. */
    private static HttpRequest carrying(HttpRequest request, Optional<OutgoingCall> call) {
        if (call.isEmpty()) {
            return request;
        }
        BiPredicate<String, String> others = (name, value) -> !name.equalsIgnoreCase(TransactionHeader.NAME);
        HttpRequest.Builder carrying = HttpRequest.newBuilder(request, others)
                .header(TransactionHeader.NAME, call.get().token());
        if (request.headers().firstValue(Traceparent.NAME).isEmpty()) {
            call.get().traceparent().ifPresent(trace -> carrying.header(Traceparent.NAME, trace));
        }
        return carrying.build();
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return client.authenticator();
    }

    @Override
    public Version version() {
        return client.version();
    }

    @Override
    public Optional<Executor> executor() {
        return client.executor();
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return client.newWebSocketBuilder();
    }
}
