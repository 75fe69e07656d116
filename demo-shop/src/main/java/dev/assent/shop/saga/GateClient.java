package dev.assent.shop.saga;

import dev.assent.saga.model.CallKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A process' way to the {@link Gate}. */
final class GateClient {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI gate;
    private final String self;

    GateClient(int port, String self) {
        gate = URI.create("http://127.0.0.1:" + port + "/");
        this.self = self;
    }

    /** Returns when the gate lets it go on; perhaps never, as it may die here. */
    void visit(CallKey key, Moment moment) {
        HttpRequest request = HttpRequest.newBuilder(
                        gate.resolve("/visit?" + self + "&" + key.text() + "&" + moment.name()))
                .timeout(PATIENCE)
                .build();
        try {
            var unused = client.send(request, BodyHandlers.discarding());
        } catch (IOException closed) {
            throw new UncheckedIOException("the gate does not answer", closed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the gate", interrupted);
        }
    }
}
