package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.zab.Role;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client is told of its session while the leader is sure to keep it, or not at all. */
@Timeout(240)
final class LateOpeningTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Zxid FIRST = Zxid.startOf(new Epoch(1)).next();

    private final HeldLoop loop = new HeldLoop();
    private final SetClock clock = new SetClock();
    private final ServerCore core = new ServerCore(
            ServerConfig.standalone(Path.of("unused"), 0),
            loop,
            clock,
            status -> {},
            fatal -> {},
            new EventStream(Clock.SYSTEM));

    @AfterEach
    void stop() {
        core.close();
    }

    /** A client's wish for a session has come as far as the history, where it waits. */
    private RawClient wishing() throws Exception {
        core.listen();
        core.stateMachine().roleChanged(Role.LEADING, new Epoch(1), Optional.of(new ServerId(0)), true);
        RawClient client = new RawClient(core.clientPort());
        client.sendFrame(ByteBuffer.allocate(44)
                .putInt(12, TIMEOUT_MILLIS)
                .putInt(24, 16)
                .array());
        return client;
    }

    private void commit() throws InterruptedException {
        Payload opening = loop.proposed.poll(120, TimeUnit.SECONDS);
        assertThat(opening).isNotNull();
        loop.execute(() -> core.stateMachine().committed(FIRST, opening));
    }

    @Test
    void a_server_that_slept_closes_the_connection_instead_of_promising_the_session() throws Exception {
        try (RawClient client = wishing()) {
            Payload opening = loop.proposed.poll(120, TimeUnit.SECONDS);
            clock.millis = 1_000 + TIMEOUT_MILLIS / 2;
            loop.execute(() -> core.stateMachine().committed(FIRST, opening));

            assertThatThrownBy(client::readFrame).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void a_server_that_is_awake_tells_it() throws Exception {
        try (RawClient client = wishing()) {
            commit();

            assertThat(client.readFrame()).startsWith(0, 0, 0, 0, 0, 0, TIMEOUT_MILLIS >> 8, TIMEOUT_MILLIS & 255);
        }
    }

    private static final class SetClock implements Clock {
        private volatile long millis = 1_000;

        @Override
        public long monotonicMillis() {
            return millis;
        }

        @Override
        public long epochMillis() {
            return millis;
        }
    }
}
