package dev.assent.shop.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is sent to the page by whom it is not for, and by whom it is. */
class PageServerTest {
    private static final String JSON = "application/json";
    private static final String LOAD = "{\"customers\":3}";

    private final FakeShop shop = new FakeShop();
    private final HttpClient client = HttpClient.newHttpClient();
    private PageServer page;

    @BeforeEach
    void start() throws IOException {
        page = PageServer.start(0, shop);
    }

    @AfterEach
    void stop() {
        page.close();
    }

    private HttpResponse<String> ask(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(page.url() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void it_listens_on_this_machine_alone_and_shows_itself_and_its_parts() throws Exception {
        assertThat(InetAddress.getByName(URI.create(page.url()).getHost()).isLoopbackAddress())
                .isTrue();
        HttpResponse<String> first = ask("GET", "", "");
        assertThat(first.body()).contains("shop.js");
        assertThat(first.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'", "frame-ancestors 'none'");
        for (String part :
                List.of("shop.js", "shop-front.js", "shop.css", "base.js", "vendor/uplot.js", "vendor/NOTICE")) {
            assertThat(ask("GET", part, "").statusCode()).as(part).isEqualTo(200);
        }
        assertThat(ask("GET", "console.js", "").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "api/picture", "").body()).contains("\"node-2\"", "\"customersMax\":24");
    }

    @Test
    void an_order_of_the_pages_own_is_carried_out() throws Exception {
        String own = page.url().substring(0, page.url().length() - 1);

        assertThat(ask("POST", "api/load", LOAD, "Content-Type", JSON, "Origin", own, "Sec-Fetch-Site", "same-origin")
                        .body())
                .isEqualTo("{\"result\":\"DONE\",\"text\":\"3 customers shop.\"}");
        assertThat(shop.acted()).containsExactly(new Order.Load(3));
    }

    @Test
    void what_another_page_has_a_browser_send_is_refused_and_nothing_is_done() throws Exception {
        assertThat(ask("POST", "api/load", LOAD, "Content-Type", JSON, "Origin", "http://shop.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(ask("POST", "api/load", LOAD, "Content-Type", JSON, "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(ask("GET", "api/picture", "", "Origin", "http://shop.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(ask("POST", "api/load", LOAD, "Content-Type", "text/plain").statusCode())
                .isEqualTo(415);
        assertThat(ask("GET", "api/load", "").statusCode()).isEqualTo(405);
        assertThat(raw("POST /api/load HTTP/1.1\r\nHost: shop.example\r\nContent-Type: " + JSON + "\r\nContent-Length: "
                        + LOAD.length() + "\r\nConnection: close\r\n\r\n" + LOAD))
                .startsWith("HTTP/1.1 421 ");
        assertThat(shop.acted()).isEmpty();
    }

    /** With a host of its own: a page whose name was made to lead here. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(page.url()).getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            return new String(answer.readNBytes(13), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void orders_that_cannot_be_are_refused_with_a_reason_and_nothing_is_done() throws Exception {
        for (String body : List.of(
                "",
                "[]",
                "{\"customers\":\"3\"}",
                "{",
                "{}",
                "{\"customers\":2.5}",
                "{\"customers\":99999999999}",
                "[".repeat(3_000))) {
            assertThat(ask("POST", "api/load", body, "Content-Type", JSON).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        String buy = "{\"customer\":\"%s\",\"item\":\"item-1\",\"quantity\":%d,\"flow\":\"strong\",\"token\":\"%s\"}";
        String token = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
        for (String body : List.of(
                buy.formatted("x'; drop table account", 1, token),
                buy.formatted("customer-1", 0, token),
                buy.formatted("customer-1", 100, token),
                buy.formatted("customer-1", 1, "1-1-1-1-1"))) {
            assertThat(ask("POST", "api/buy", body, "Content-Type", JSON).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(ask("POST", "api/load", " ".repeat(PageServer.BODY_BYTES_MAX) + LOAD, "Content-Type", JSON)
                        .statusCode())
                .isEqualTo(413);
        assertThat(ask("POST", "api/nothing", LOAD, "Content-Type", JSON).statusCode())
                .isEqualTo(404);
        assertThat(shop.acted()).isEmpty();
    }

    @Test
    void who_orders_what_takes_long_is_told_that_it_goes_on() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        PageSource slow = new PageSource() {
            @Override
            public Picture picture() {
                return shop.picture();
            }

            @Override
            public Told act(Order order) throws InterruptedException {
                never.await();
                return new Told(Told.Result.DONE, "at last");
            }
        };
        page.close();
        page = PageServer.start(0, slow, Clock.SYSTEM, 20);

        assertThat(ask("POST", "api/load", LOAD, "Content-Type", JSON).body()).contains("UNDER_WAY");
    }
}
