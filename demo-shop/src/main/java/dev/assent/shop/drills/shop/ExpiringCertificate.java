package dev.assent.shop.drills.shop;

import dev.assent.security.Security;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.platform.Pauses;
import dev.assent.shop.platform.TcpGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Lets a service's certificate expire under it, and gives it a new one. */
final class ExpiringCertificate {
    /** So long that it is taken up before it expires. */
    static final Duration VALID = Duration.ofSeconds(3 * Security.LOOK_SECONDS);

    /** Sessions of before may be resumed without a look at a certificate, for so long; then nobody is let in. */
    static final Duration REFUSED_PATIENCE = Duration.ofSeconds(Security.RESUMPTION_SECONDS_MAX + 30);

    private static final long CUT_AGAIN_MILLIS = 5_000;
    private static final long LOOK_MILLIS = 100;

    /** As a node says it of a caller. */
    private static final String REFUSED = "has expired on";

    private final ShopLayout layout;
    private final String service;
    private final Consumer<String> say;

    ExpiringCertificate(ShopLayout layout, String service, Consumer<String> say) {
        this.layout = layout;
        this.service = service;
        this.say = say;
    }

    /** Returns when it was refused for that reason; false if it is not. {@code ways}: its connections to the nodes. */
    boolean expire(List<TcpGate> ways) throws IOException, InterruptedException {
        long before = refusals();
        layout.tls().certificates().replace(service, VALID);
        say.accept("the certificate of " + service + " expires in " + VALID.toSeconds() + " s");
        Pauses.pause(VALID.plusSeconds(1).toMillis());
        long giveUpNanos = System.nanoTime() + REFUSED_PATIENCE.toNanos();
        while (System.nanoTime() - giveUpNanos < 0) {
            say.accept("it has expired; the connections of " + service + " with the nodes end");
            ways.forEach(TcpGate::cut);
            if (isRefused(before)) {
                say.accept("a node refuses it");
                return true;
            }
        }
        layout.tls().certificates().renew(service);
        return false;
    }

    private boolean isRefused(long before) throws IOException, InterruptedException {
        for (long waited = 0; waited < CUT_AGAIN_MILLIS; waited += LOOK_MILLIS) {
            if (refusals() > before) {
                return true;
            }
            Pauses.pause(LOOK_MILLIS);
        }
        return false;
    }

    private long refusals() throws IOException {
        long lines = 0;
        for (ShopLayout.Node node : layout.nodes()) {
            Path log = layout.log(node.name());
            lines += Files.readAllLines(log).stream()
                    .filter(line -> line.contains(REFUSED))
                    .count();
        }
        return lines;
    }

    void renew() throws IOException {
        layout.tls().certificates().renew(service);
    }
}
