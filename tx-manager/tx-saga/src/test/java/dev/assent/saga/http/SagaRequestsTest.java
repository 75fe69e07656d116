package dev.assent.saga.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.assent.saga.api.StepContext;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SagaRequestsTest {
    private static final CallKey KEY = new CallKey(new SagaId("s"), "pay", Direction.ACTION);

    private final SagaRequests requests = new SagaRequests(HttpClient.newHttpClient());
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            int status = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
            String key = exchange.getRequestHeaders().getFirst(SagaRequests.KEY_HEADER);
            byte[] body = (key + " " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String post(int status) throws Exception {
        StepContext<String> context = new StepContext<>("", KEY, 1, Duration.ofSeconds(20), Map.of());
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + status);
        return requests.post(context, uri, "text/plain", "10 euros");
    }

    @Test
    void the_key_goes_along_and_the_answer_comes_back() throws Exception {
        assertThat(post(200)).isEqualTo("s/pay/action 10 euros");
        assertThat(CallKey.parse("s/pay/action")).contains(KEY);
        assertThat(CallKey.parse("s/pay/other")).isEmpty();
        assertThat(CallKey.parse("s/../action")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 422})
    void what_the_service_rejects_is_refused(int status) {
        assertThatThrownBy(() -> post(status))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("with " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 408, 425, 429, 500, 503})
    void anything_else_may_have_had_its_effect(int status) {
        assertThatThrownBy(() -> post(status)).isInstanceOf(IOException.class).hasMessageContaining("with " + status);
    }

    @Test
    void a_client_that_follows_redirects_is_refused() {
        HttpClient follows = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        assertThatThrownBy(() -> new SagaRequests(follows)).hasMessageContaining("Redirect.NEVER");
    }
}
