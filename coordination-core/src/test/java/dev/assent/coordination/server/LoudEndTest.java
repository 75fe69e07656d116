package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.replica.ReplicaLoop;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Timing;
import dev.assent.coordination.zab.Role;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever a server cannot serve without ends it, and a server that does not serve does not say that it does. */
final class LoudEndTest {
    private static final int LONG_TICK_MILLIS = 600_000;

    private final BlockingQueue<Throwable> fatal = new LinkedBlockingQueue<>();
    private final AtomicLong silentMillis = new AtomicLong();
    private final InlineLoop loop = new InlineLoop();
    private final FrozenClock clock = new FrozenClock();
    private final List<ServerCore> started = new ArrayList<>();

    private ServerCore start(int tickMillis) throws IOException {
        ServerConfig config = ServerConfig.standalone(Path.of("unused"), 0).withTiming(new Timing(tickMillis, 10, 5));
        ServerCore core = new ServerCore(config, loop, clock, status -> {}, fatal::add, new EventStream(Clock.SYSTEM));
        started.add(core);
        core.watchingLoop(silentMillis::get);
        core.listen();
        core.stateMachine().roleChanged(Role.LEADING, new Epoch(1), Optional.of(new ServerId(0)), true);
        return core;
    }

    @AfterEach
    void stop() {
        started.forEach(ServerCore::close);
    }

    @Test
    void orders_that_cannot_be_handed_on_end_the_server() throws Exception {
        ServerCore core = start(LONG_TICK_MILLIS);
        loop.broken = true;
        try (RawClient client = new RawClient(core.clientPort())) {
            client.sendFrame(ByteBuffer.allocate(44).putInt(24, 16).array());

            assertThat(fatal.poll(120, TimeUnit.SECONDS)).isInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void without_its_clock_work_a_server_ends() throws Exception {
        ServerCore unused = start(20);
        clock.broken = true;

        assertThat(fatal.poll(120, TimeUnit.SECONDS)).isInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void a_server_whose_loop_stands_still_is_not_ok() throws Exception {
        ServerCore core = start(LONG_TICK_MILLIS);
        assertThat(word(core, "ruok")).isEqualTo("imok");

        silentMillis.set(6_000);

        assertThat(word(core, "ruok")).contains("not currently serving");
    }

    private static String word(ServerCore core, String word) throws IOException {
        try (RawClient client = new RawClient(core.clientPort())) {
            client.send(word.getBytes(StandardCharsets.US_ASCII));
            return client.readToEnd();
        }
    }

    /** Runs tasks where they are submitted, until it cannot. */
    private static final class InlineLoop implements ReplicaLoop {
        volatile boolean broken;

        @Override
        public synchronized void execute(Runnable task) {
            if (broken) {
                throw new NoClassDefFoundError("no descriptor to load it with");
            }
            task.run();
        }

        @Override
        public void propose(Payload txn) {
            throw new IllegalStateException("not in these tests");
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void send(ServerId to, Payload message) {
            throw new IllegalStateException("not in these tests");
        }
    }

    private static final class FrozenClock implements Clock {
        volatile boolean broken;

        @Override
        public long monotonicMillis() {
            if (broken) {
                throw new NoClassDefFoundError("no descriptor to load it with");
            }
            return 1;
        }

        @Override
        public long epochMillis() {
            return 1;
        }
    }
}
