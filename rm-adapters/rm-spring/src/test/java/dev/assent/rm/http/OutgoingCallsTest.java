package dev.assent.rm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.spring.PropagatingInterceptor;
import dev.assent.rm.testing.MemoryTransactionService;
import jakarta.transaction.RollbackException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * What a request inside a transaction may do. "Friend" is a service with the filter; "stranger" is one that knows
 * nothing of transactions and works all the same.
 */
class OutgoingCallsTest {
    /** Loopback too, but under an address that is on no list. */
    private static final String STRANGERS_ADDRESS = "127.0.0.2";

    private final MemoryTransactionService coordinator = new MemoryTransactionService();
    private final AssentTransactions caller = new AssentTransactions(coordinator);
    private final TomcatService friend;
    private final HttpServer stranger;
    private final Queue<String> strangersTokens = new ConcurrentLinkedQueue<>();

    OutgoingCallsTest(@TempDir Path directory) throws Exception {
        AssentTransactions callee = new AssentTransactions(coordinator);
        stranger = HttpServer.create(new InetSocketAddress(InetAddress.getByName(STRANGERS_ADDRESS), 0), 0);
        stranger.createContext("/", this::answer);
        stranger.start();
        friend = new TomcatService(directory, new TransactionFilter(callee), (request, response) -> {
            if (request.getRequestURI().equals("/moved")) {
                response.sendRedirect(strange("/work").toString());
            }
        });
    }

    private void answer(HttpExchange exchange) throws IOException {
        List<String> tokens = exchange.getRequestHeaders().get(TransactionHeader.NAME);
        strangersTokens.add(tokens == null ? "none" : tokens.get(0));
        exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/refuse") ? 409 : 200, -1);
        exchange.close();
    }

    @AfterEach
    void close() throws Exception {
        friend.close();
        stranger.stop(0);
    }

    private URI strange(String path) {
        return URI.create(
                "http://" + STRANGERS_ADDRESS + ":" + stranger.getAddress().getPort() + path);
    }

    /** Any way to send a request to a URI. */
    interface Client {
        void call(OutgoingTransactions outgoing, URI target) throws Exception;
    }

    static Stream<Named<Client>> clients() {
        return Stream.of(
                Named.of("RestClient", (outgoing, target) -> spring(outgoing, HttpClient.Redirect.NEVER)
                        .post()
                        .uri(target)
                        .retrieve()
                        .toBodilessEntity()),
                Named.of("java.net.http", (outgoing, target) -> plain(outgoing)
                        .send(HttpRequest.newBuilder(target).build(), BodyHandlers.discarding())),
                Named.of("java.net.http, asynchronous", (outgoing, target) -> plain(outgoing)
                        .sendAsync(HttpRequest.newBuilder(target).build(), BodyHandlers.discarding())
                        .join()));
    }

    private static HttpClient plain(OutgoingTransactions outgoing) {
        return outgoing.over(HttpClient.newHttpClient());
    }

    private static RestClient spring(OutgoingTransactions outgoing, HttpClient.Redirect redirects) {
        return RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory(
                        HttpClient.newBuilder().followRedirects(redirects).build()))
                .requestInterceptor(new PropagatingInterceptor(outgoing))
                .build();
    }

    private OutgoingTransactions allowing(String... hosts) {
        return new OutgoingTransactions(caller, TargetHosts.loopbackAnd(List.of(hosts)));
    }

    private OutgoingTransactions excluding(String... hosts) {
        return new OutgoingTransactions(caller, TargetHosts.loopbackOnly().excluding(List.of(hosts)));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void inside_a_transaction_a_host_on_no_list_is_not_called(Client client) throws Exception {
        String host = strange("").getAuthority();
        caller.begin();

        assertThatThrownBy(() -> client.call(allowing(), strange("/work?secret=1")))
                .isInstanceOf(UnlistedHostException.class)
                .hasMessageContaining("assent.http.allowed-hosts=" + host)
                .hasMessageContaining("assent.http.excluded-hosts=" + host)
                .hasMessageNotContaining("secret");
        caller.commit();

        assertThat(strangersTokens).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void outside_a_transaction_any_host_is_called(Client client) throws Exception {
        client.call(allowing(), strange("/work"));

        assertThat(strangersTokens).containsExactly("none");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void an_excluded_host_is_called_without_the_transaction(Client client) throws Exception {
        caller.begin();
        client.call(excluding(STRANGERS_ADDRESS), strange("/work"));
        caller.commit();

        assertThat(strangersTokens).containsExactly("none");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void a_service_that_joins_is_believed(Client client) throws Exception {
        caller.begin();
        client.call(allowing(), friend.uri("/work"));
        caller.commit();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void an_allowed_service_that_works_without_joining_makes_the_transaction_rollback_only(Client client)
            throws Exception {
        OutgoingTransactions outgoing = allowing(STRANGERS_ADDRESS);
        caller.begin();

        assertThatThrownBy(() -> client.call(outgoing, strange("/work")))
                .satisfiesAnyOf(
                        failure -> assertThat(failure).isInstanceOf(NotJoinedException.class),
                        failure -> assertThat(failure)
                                .isInstanceOf(CompletionException.class)
                                .hasCauseInstanceOf(NotJoinedException.class))
                .hasMessageContaining("TransactionFilter")
                .hasMessageContaining("assent.http.excluded-hosts");
        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class);
    }

    @Test
    void an_allowed_service_that_refuses_need_not_have_joined() throws Exception {
        OutgoingTransactions outgoing = allowing(STRANGERS_ADDRESS);
        caller.begin();
        int status = plain(outgoing)
                .send(HttpRequest.newBuilder(strange("/refuse")).build(), BodyHandlers.discarding())
                .statusCode();
        caller.commit();

        assertThat(status).isEqualTo(409);
    }

    @Test
    void a_client_that_follows_redirects_is_not_given_the_transaction() {
        HttpClient following = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();

        assertThatThrownBy(() -> allowing().over(following))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("followRedirects(HttpClient.Redirect.NEVER)");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void a_redirect_takes_the_transaction_nowhere(Client client) throws Exception {
        caller.begin();
        client.call(allowing(), friend.uri("/moved"));
        caller.rollback();

        assertThat(strangersTokens).isEmpty();
    }

    @Test
    void a_redirect_that_springs_client_followed_to_a_stranger_makes_the_transaction_rollback_only() throws Exception {
        RestClient following = spring(allowing(), HttpClient.Redirect.NORMAL);
        caller.begin();

        assertThatThrownBy(() ->
                        following.get().uri(friend.uri("/moved")).retrieve().toBodilessEntity())
                .isInstanceOf(NotJoinedException.class)
                .hasMessageContaining("redirect");
        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class);
    }
}
