package dev.assent.saga.http;

import dev.assent.saga.api.StepContext;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.model.SagaEvent;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Sends a step's call as a POST. The key goes in the header {@value #KEY_HEADER}; the service reads it with
 * {@code CallKey.parse}. Thread-safe.
 */
public final class SagaRequests {
    public static final String KEY_HEADER = "Idempotency-Key";

    private static final int OK = 200;
    private static final int REDIRECT = 300;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    /** Refusals by status that are none: request time-out, too early, too many requests. */
    private static final Set<Integer> LATER = Set.of(408, 425, 429);

    private final HttpClient client;

    /**
     * Over a client of the application's.
     *
     * @throws IllegalArgumentException it follows redirects, and would take the call to any host
     */
    public SagaRequests(HttpClient client) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the client follows redirects (" + client.followRedirects()
                    + "), and a step's call would go with them to any host; build it with"
                    + " followRedirects(HttpClient.Redirect.NEVER)");
        }
        this.client = client;
    }

    /**
     * Posts a body, and waits for the answer within the attempt's time.
     *
     * @return the body of an answer with a status from 200 to 299
     * @throws StepRefusedException a status from 400 to 499, but 408, 425 and 429
     * @throws IOException any other, or none
     */
    public String post(StepContext<?> context, URI service, String contentType, String body)
            throws IOException, InterruptedException, StepRefusedException {
        HttpRequest request = HttpRequest.newBuilder(service)
                .timeout(context.timeout())
                .header(KEY_HEADER, context.key().text())
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
        String said;
        try (InputStream bytes = answer.body()) {
            // No more than can be kept; of a longer one the start serves as the reason, and its length as the failure.
            said = new String(bytes.readNBytes(SagaEvent.RESULT_BYTES_MAX + 1), StandardCharsets.UTF_8);
        }
        int status = answer.statusCode();
        if (status >= OK && status < REDIRECT) {
            return said;
        }
        String what = service + " answered " + context.key() + " with " + status + ": " + said;
        if (status >= CLIENT_ERROR && status < SERVER_ERROR && !LATER.contains(status)) {
            throw new StepRefusedException(what);
        }
        throw new IOException(what);
    }
}
