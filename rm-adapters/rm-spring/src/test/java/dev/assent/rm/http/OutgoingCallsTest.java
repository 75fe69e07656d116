package dev.assent.rm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.spring.PropagatingFilter;
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
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

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
                Named.of("RestTemplate", (outgoing, target) -> template(outgoing, false)
                        .getForObject(target, String.class)),
                Named.of("WebClient", (outgoing, target) -> reactive(outgoing, HttpClient.Redirect.NEVER)
                        .post()
                        .uri(target)
                        .retrieve()
                        .toBodilessEntity()
                        .block()),
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

    private static RestTemplate template(OutgoingTransactions outgoing, boolean asItComes) {
        RestTemplate template = asItComes
                ? new RestTemplate()
                : new RestTemplate(new JdkClientHttpRequestFactory(HttpClient.newHttpClient()));
        template.getInterceptors().add(new PropagatingInterceptor(outgoing));
        return template;
    }

    private static WebClient reactive(OutgoingTransactions outgoing, HttpClient.Redirect redirects) {
        return WebClient.builder()
                .clientConnector(new JdkClientHttpConnector(
                        HttpClient.newBuilder().followRedirects(redirects).build()))
                .filter(new PropagatingFilter(outgoing))
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

    /** Clients that would go wherever an allowed host sends them. */
    static Stream<Named<Client>> followers() {
        return Stream.of(
                Named.of("RestClient over java.net.http", (outgoing, target) -> spring(
                                outgoing, HttpClient.Redirect.NORMAL)
                        .get()
                        .uri(target)
                        .retrieve()
                        .toBodilessEntity()),
                Named.of("RestClient with more interceptors", (outgoing, target) -> spring(
                                outgoing, HttpClient.Redirect.ALWAYS)
                        .mutate()
                        .requestInterceptor((request, body, rest) -> rest.execute(request, body))
                        .requestInterceptor((request, body, rest) -> rest.execute(request, body))
                        .build()
                        .get()
                        .uri(target)
                        .retrieve()
                        .toBodilessEntity()),
                Named.of("RestTemplate, as it comes", (outgoing, target) -> template(outgoing, true)
                        .getForObject(target, String.class)),
                Named.of("WebClient", (outgoing, target) -> reactive(outgoing, HttpClient.Redirect.NORMAL)
                        .get()
                        .uri(target)
                        .retrieve()
                        .toBodilessEntity()
                        .block()),
                Named.of("WebClient with more filters", (outgoing, target) -> reactive(
                                outgoing, HttpClient.Redirect.NORMAL)
                        .mutate()
                        .filter((request, next) -> next.exchange(request))
                        .filter((request, next) -> next.exchange(request))
                        .build()
                        .get()
                        .uri(target)
                        .retrieve()
                        .toBodilessEntity()
                        .block()));
    }

    @ParameterizedTest
    @MethodSource("followers")
    void a_client_that_follows_redirects_is_refused_before_anything_is_sent(Client client) throws Exception {
        OutgoingTransactions outgoing = allowing();
        caller.begin();

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> client.call(outgoing, friend.uri("/moved")))
                    .isInstanceOf(FollowsRedirectsException.class)
                    .hasMessageContaining("spring.http.clients.redirects=dont-follow")
                    .hasMessageNotContaining("/moved");
        }
        caller.commit();

        assertThat(strangersTokens).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("followers")
    void a_client_that_follows_redirects_may_do_so_outside_a_transaction(Client client) throws Exception {
        client.call(allowing(), friend.uri("/moved"));

        assertThat(strangersTokens).containsExactly("none");
    }

    @Test
    void a_client_of_which_nobody_can_tell_is_refused_unless_it_is_vouched_for() throws Exception {
        ClientHttpRequestFactory hidden = new JdkClientHttpRequestFactory(HttpClient.newHttpClient());
        RestClient.Builder keptToItself = RestClient.builder().requestFactory((uri, method) -> {
            if (uri.getHost().equals("127.0.0.1")) {
                throw new IOException("no way to loopback's address");
            }
            return hidden.createRequest(uri, method);
        });
        OutgoingTransactions outgoing = allowing();
        caller.begin();

        assertThatThrownBy(() -> keptToItself
                        .clone()
                        .requestInterceptor(new PropagatingInterceptor(outgoing))
                        .build()
                        .get()
                        .uri(friend.uri("/work"))
                        .retrieve()
                        .toBodilessEntity())
                .isInstanceOf(FollowsRedirectsException.class)
                .hasMessageContaining("PropagatingInterceptor.trusting");
        keptToItself
                .requestInterceptor(PropagatingInterceptor.trusting(outgoing))
                .build()
                .get()
                .uri(friend.uri("/work"))
                .retrieve()
                .toBodilessEntity();
        caller.commit();
    }
}
