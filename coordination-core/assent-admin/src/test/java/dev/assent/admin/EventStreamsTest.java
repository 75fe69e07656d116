package dev.assent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.assent.event.EventStream;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class EventStreamsTest {
    /** So much later at each look that who listens is judged anew. */
    private final Clock leaping = new Clock() {
        private final AtomicLong seconds = new AtomicLong();

        @Override
        public long epochMillis() {
            return TimeUnit.SECONDS.toMillis(seconds.get());
        }

        @Override
        public long nanos() {
            return TimeUnit.SECONDS.toNanos(seconds.addAndGet(EventStreams.ADMITTED_SECONDS));
        }
    };

    @Test
    void who_is_not_admitted_any_more_hears_no_further_event() throws Exception {
        EventStream events = new EventStream(Clock.SYSTEM);
        AtomicBoolean isAdmitted = new AtomicBoolean(true);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (RequestThreads threads = new RequestThreads(Clock.SYSTEM, 10_000, 1)) {
            EventStreams streams = new EventStreams(List.of(events), threads, leaping);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                try (exchange) {
                    assertThat(streams.serve(exchange, new Query("", Map.of()), isAdmitted::get))
                            .isEmpty();
                }
            });
            server.start();
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            var answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader in = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                assertThat(in.readLine()).isEqualTo(": events follow");
                events.tell(new TransactionEvent.Begun("aa", 1));
                assertThat(in.readLine()).isEmpty();
                assertThat(in.readLine()).isEqualTo("event: transaction.begun");
                isAdmitted.set(false);
                events.tell(new TransactionEvent.Begun("bb", 1));

                String line = in.readLine();
                while (!line.startsWith("event: ")) {
                    line = in.readLine();
                }
                assertThat(line).isEqualTo("event: end");
                assertThat(in.readLine()).isEqualTo("data: {\"reason\":\"your token is not known any more\"}");
            }
        } finally {
            server.stop(0);
        }
    }
}
