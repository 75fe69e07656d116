package dev.assent.shop.drills.shop;

import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.platform.Pauses;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** What the processes' clocks say, by the dates on their answers to HTTP. */
final class ShopClocks {
    static final Duration AHEAD_PATIENCE = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 50;

    private final Shop shop;

    ShopClocks(Shop shop) {
        this.shop = shop;
    }

    /**
     * Returns when that process's clock is ahead by about so much.
     *
     * @throws IOException it is not
     */
    void awaitAhead(String name, Duration ahead) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newBuilder()
                .sslContext(shop.layout().tls().customers())
                .build();
        HttpRequest request =
                HttpRequest.newBuilder(address(name)).timeout(ANSWER_TIMEOUT).build();
        long giveUpNanos = System.nanoTime() + AHEAD_PATIENCE.toNanos();
        Duration seen = Duration.ZERO;
        while (seen.compareTo(ahead.dividedBy(2)) < 0) {
            if (System.nanoTime() - giveUpNanos > 0) {
                throw new IOException("the clock of " + name + " was to be " + ahead + " ahead and is " + seen);
            }
            Pauses.pause(LOOK_MILLIS);
            seen = ahead(http, request);
        }
    }

    private URI address(String name) {
        return shop.layout().nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .map(node -> URI.create("http://127.0.0.1:" + node.adminPort() + "/"))
                .orElseGet(() -> URI.create("https://127.0.0.1:" + shop.paymentPort() + "/"));
    }

    private static Duration ahead(HttpClient http, HttpRequest request) throws IOException, InterruptedException {
        Optional<String> date = http.send(request, HttpResponse.BodyHandlers.discarding())
                .headers()
                .firstValue("Date");
        Instant here = Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
        return date.map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME))
                .map(there -> Duration.between(here, there.toInstant()))
                .orElse(Duration.ZERO);
    }
}
