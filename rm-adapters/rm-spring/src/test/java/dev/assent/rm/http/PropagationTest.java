package dev.assent.rm.http;

import static jakarta.transaction.Status.STATUS_NO_TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.spring.PropagatingInterceptor;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.Shop;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Two services over one coordinator: the caller here, the callee in a servlet container with the second database. */
@ExtendWith(PostgresExtension.class)
class PropagationTest {
    private final PostgresServer server;
    private final MemoryTransactionService coordinator = new MemoryTransactionService();
    private final AssentTransactions caller = new AssentTransactions(coordinator);
    private final AssentTransactions callee = new AssentTransactions(coordinator);
    private final OutgoingTransactions outgoing = new OutgoingTransactions(caller, TargetHosts.loopbackOnly());
    private final HttpClient client = HttpClient.newHttpClient();
    private final Shop shop;
    private final TomcatService service;

    PropagationTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.shop = Shop.open(server, callee);
        this.service = new TomcatService(directory, new TransactionFilter(callee, 1_000), this::handle);
    }

    private void handle(HttpServletRequest request, HttpServletResponse response) throws Exception {
        Shop.add(shop.firstPool(), 10);
        Shop.add(shop.secondPool(), 10);
        switch (request.getRequestURI()) {
            case "/throw" -> throw new IllegalStateException("handler failed");
            case "/503" -> response.sendError(503);
            case "/409" -> response.sendError(409, "refused");
            case "/flush-fails" ->
                Objects.requireNonNull(callee.getTransaction()).registerSynchronization(failing());
            case "/large" -> response.getOutputStream().write(new byte[2_000]);
            case "/async" -> request.startAsync();
            case "/early" -> {
                response.getWriter().write("early");
                response.flushBuffer();
                response.getWriter().write(" and late");
            }
            default -> response.getWriter().write("done");
        }
    }

    @AfterEach
    void close() throws Exception {
        service.close();
        assertThat(shop.firstPool().getMetrics().activeCount()).isZero();
        shop.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void work_of_a_called_service_commits_with_the_caller() throws Exception {
        caller.begin();
        assertThat(call("/work").body()).isEqualTo("done");
        assertThat(call("/early").body()).isEqualTo("early and late");
        assertThat(shop.first().balance(1)).isEqualTo(100);
        caller.commit();

        assertThat(shop.first().balance(1)).isEqualTo(120);
        assertThat(shop.second().balance(1)).isEqualTo(120);
    }

    @Test
    void work_of_a_called_service_rolls_back_with_the_caller() throws Exception {
        caller.begin();
        call("/work");
        caller.rollback();

        assertThat(shop.first().balance(1)).isEqualTo(100);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @Test
    void springs_client_propagates_through_the_interceptor() throws Exception {
        RestClient spring = RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory(client))
                .requestInterceptor(new PropagatingInterceptor(outgoing))
                .build();
        caller.begin();
        assertThat(spring.get().uri(service.uri("/work")).retrieve().body(String.class))
                .isEqualTo("done");
        caller.rollback();
        assertThat(shop.first().balance(1)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/throw", "/503", "/large", "/async", "/flush-fails"})
    void a_failed_handler_makes_the_transaction_rollback_only(String path) throws Exception {
        caller.begin();
        assertThat(call(path).statusCode()).isGreaterThanOrEqualTo(400);

        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class);
        assertThat(shop.first().balance(1)).isEqualTo(100);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @Test
    void a_refusal_is_the_callers_to_judge() throws Exception {
        caller.begin();
        assertThat(call("/409").statusCode()).isEqualTo(409);
        caller.commit();

        assertThat(shop.first().balance(1)).isEqualTo(110);
    }

    @Test
    void an_answer_says_so_when_the_work_cannot_be_flushed() throws Exception {
        caller.begin();
        HttpResponse<String> answer = call("/flush-fails");
        caller.rollback();

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("can only roll back").contains("flush failed");
    }

    @Test
    void a_call_without_the_header_works_on_its_own() throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(service.uri("/work")));

        assertThat(answer.body()).isEqualTo("done");
        assertThat(coordinator.begun()).isZero();
        assertThat(shop.first().balance(1)).isEqualTo(110);
    }

    @Test
    void a_malformed_header_is_refused_and_begins_nothing() throws Exception {
        for (String value : List.of("", "two words", "x".repeat(257), "tab\there")) {
            assertRefused(
                    400, send(HttpRequest.newBuilder(service.uri("/work")).header(TransactionHeader.NAME, value)));
        }
        assertRefused(
                400,
                send(HttpRequest.newBuilder(service.uri("/work"))
                        .header(TransactionHeader.NAME, "one")
                        .header(TransactionHeader.NAME, "two")));
    }

    @Test
    void a_foreign_or_forged_header_is_refused_and_begins_nothing() throws Exception {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(service.uri("/work")).header(TransactionHeader.NAME, "forged\\\"x"));

        assertRefused(403, answer);
        assertThat(answer.body()).contains("forged\\\\\\\"x");
    }

    private void assertRefused(int status, HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(answer.body())
                .startsWith("{\"status\":" + status)
                .contains("Nothing was begun")
                .doesNotContain("\tat ");
        assertThat(coordinator.begun()).isZero();
        assertThat(callee.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
        assertThat(shop.first().balance(1)).isEqualTo(100);
    }

    private HttpResponse<String> call(String path) throws Exception {
        return outgoing.over(client)
                .send(HttpRequest.newBuilder(service.uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Synchronization failing() {
        return new Synchronization() {
            @Override
            public void beforeCompletion() {
                throw new IllegalStateException("flush failed");
            }

            @Override
            public void afterCompletion(int status) {}
        };
    }
}
