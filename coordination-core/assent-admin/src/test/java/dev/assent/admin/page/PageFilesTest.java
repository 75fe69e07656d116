package dev.assent.admin.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PageFilesTest {
    private static final Path SOURCES = Path.of("src/main/resources/dev/assent/admin/page");
    private static final Pattern IMPORT = Pattern.compile("from ?[\"']([^\"'\\s]+)[\"']");

    private final PageFiles files = new PageFiles();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (!files.serve(exchange)) {
                    exchange.sendResponseHeaders(404, -1);
                }
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private HttpResponse<String> ask(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("(none)");
    }

    @Test
    void a_page_and_its_parts_come_with_their_type_and_what_browsers_must_not_do() throws Exception {
        HttpResponse<String> page = ask("GET", "/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).startsWith("<!doctype html>").contains("console.js");
        assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        for (String path : files.paths()) {
            HttpResponse<String> part = ask("GET", path);
            assertThat(part.statusCode()).as(path).isEqualTo(200);
            assertThat(header(part, "Content-Security-Policy"))
                    .startsWith("default-src 'self';")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(header(part, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(header(part, "Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(header(part, "Cache-Control")).isEqualTo("no-cache");
        }
        assertThat(header(ask("GET", "/console.js"), "Content-Type")).startsWith("text/javascript");
        assertThat(header(ask("GET", "/console.css"), "Content-Type")).startsWith("text/css");
    }

    @Test
    void what_a_browser_has_already_is_not_sent_again() throws Exception {
        String tag = header(ask("GET", "/console.js"), "ETag");

        HttpResponse<String> again = ask("GET", "/console.js", "If-None-Match", "W/\"other\", " + tag);

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(header(again, "ETag")).isEqualTo(tag);
        assertThat(ask("GET", "/base.js", "If-None-Match", tag).statusCode()).isEqualTo(200);
    }

    @Test
    void head_tells_of_a_file_what_get_would_and_sends_none() throws Exception {
        HttpResponse<String> head = ask("HEAD", "/vendor/uplot.js");
        HttpResponse<String> get = ask("GET", "/vendor/uplot.js");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String name : List.of("Content-Type", "Content-Length", "ETag", "Content-Security-Policy")) {
            assertThat(header(head, name)).as(name).isEqualTo(header(get, name));
        }
        assertThat(ask("POST", "/console.js").statusCode()).isEqualTo(404);
    }

    @Test
    void nothing_but_what_is_listed_is_served_however_it_is_asked_for() throws Exception {
        for (String path : List.of(
                "/nothing.js",
                "/PageFiles.class",
                "/vendor/",
                "/vendor",
                "//console.js",
                "/console.js/",
                "/../view/Past.class",
                "/vendor/../../AdminServer.class",
                "/%2e%2e/AdminServer.class",
                "/vendor/..%2f..%2fAdminServer.class",
                "/console.js%00",
                "/..\\AdminServer.class",
                "/index.html")) {
            assertThat(rawStatus(path)).as(path).doesNotContain(" 200 ");
        }
    }

    /** As it is, without a client that tidies paths. */
    private String rawStatus(String path) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            socket.setSoTimeout(120_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine());
        }
    }

    @Test
    void every_file_of_the_page_is_served_and_asks_for_served_ones_only() throws Exception {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> all = Files.walk(SOURCES)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                sources.put("/" + SOURCES.relativize(file), Files.readString(file));
            }
        }

        assertThat(sources.keySet().stream().map(name -> name.equals("/index.html") ? "/" : name))
                .containsExactlyInAnyOrderElementsOf(files.paths());
        sources.forEach((name, text) -> {
            Matcher found = IMPORT.matcher(name.endsWith(".js") ? text : "");
            while (found.find()) {
                assertThat(sources.keySet())
                        .as("%s imports %s", name, found.group(1))
                        .contains(Path.of(name)
                                .resolveSibling(found.group(1))
                                .normalize()
                                .toString());
            }
        });
    }

    @Test
    void the_page_loads_nothing_from_elsewhere_and_runs_nothing_that_is_written_into_it() throws Exception {
        String page = Files.readString(SOURCES.resolve("index.html"));

        assertThat(page)
                .doesNotContain("://", "<style", " style=")
                .doesNotContainPattern("<script(?![^>]* src=)|\\son[a-z]+=");
        for (String path : files.paths()) {
            if (path.endsWith(".js") || path.endsWith(".css")) {
                assertThat(ask("GET", path).body())
                        .as(path)
                        .doesNotContainPattern("(import ?\\(?|from ?|fetch\\()[\"'`](https?:)?//|url\\([\"']?https?:");
            }
        }
    }
}
