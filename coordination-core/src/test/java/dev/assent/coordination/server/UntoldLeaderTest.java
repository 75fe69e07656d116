package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.replica.Await;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Timing;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** While the leader is not told which clients live, no client is told that it does. The clock is the test's. */
final class UntoldLeaderTest {
    private static final int TIMEOUT_MILLIS = 2_000;
    /** Less than what counts as a pause of the process. */
    private static final int STEP_MILLIS = 5;

    private static final byte[] PING = {-1, -1, -1, -2, 0, 0, 0, 11};
    private static final byte[] EXISTS = {0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 1, '/', 0};

    private final AtomicLong nowMillis = new AtomicLong(1_000);
    private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();
    private final SoloLoop loop = new SoloLoop();
    private final ServerCore core;

    UntoldLeaderTest() throws IOException {
        ServerConfig config = ServerConfig.standalone(Path.of("unused"), 0).withTiming(new Timing(100, 10, 5));
        core = new ServerCore(config, loop, clock(), status -> {}, fatal::add, new EventStream(Clock.SYSTEM));
        core.listen();
        loop.lead(core.stateMachine(), config.self(), new Epoch(1));
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public long epochMillis() {
                return nowMillis.get();
            }

            @Override
            public long nanos() {
                return TimeUnit.MILLISECONDS.toNanos(nowMillis.get());
            }
        };
    }

    @AfterEach
    void stop() {
        core.close();
        loop.close();
    }

    private static String restOf(RawClient client) {
        try {
            return client.readToEnd();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void pings_wait_after_a_quarter_of_the_time_out_and_the_connection_ends_after_half_of_it() throws Exception {
        try (RawClient client = new RawClient(core.clientPort())) {
            assertThat(client.openSession(TIMEOUT_MILLIS, 0)).isNotZero();
            client.sendFrame(PING);
            assertThat(client.readFrame()).startsWith(255, 255, 255, 254);

            loop.stopTicking();
            long untoldSinceMillis = nowMillis.get();
            nowMillis.addAndGet(TIMEOUT_MILLIS / 4);
            client.sendFrame(PING);
            assertThat(client.readFrame()).startsWith(255, 255, 255, 254);

            // What needs no leader is answered all the same, and would come behind the answer to the ping.
            nowMillis.addAndGet(1);
            client.sendTogether(PING, EXISTS);
            assertThat(client.readFrame()).startsWith(0, 0, 0, 5);
            CompletableFuture<String> rest = CompletableFuture.supplyAsync(() -> restOf(client));
            Await.until("the connection ends", () -> {
                nowMillis.addAndGet(STEP_MILLIS);
                return rest.isDone();
            });
            assertThat(rest.join()).isEmpty();
            assertThat(nowMillis.get() - untoldSinceMillis).isGreaterThan(TIMEOUT_MILLIS / 2);
        }
        assertThat(fatal).isEmpty();
    }
}
