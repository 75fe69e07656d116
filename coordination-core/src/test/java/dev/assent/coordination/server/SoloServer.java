package dev.assent.coordination.server;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A whole server on a {@link SoloLoop}. */
final class SoloServer implements AutoCloseable {
    private final SoloLoop loop = new SoloLoop();
    private final ServerConfig config;
    private final ServerCore core;
    private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();
    private int epoch;

    SoloServer(ServerConfig config) throws IOException {
        this.config = config;
        this.core =
                new ServerCore(config, loop, new TestClock(), status -> {}, fatal::add, new EventStream(Clock.SYSTEM));
        core.listen();
    }

    /** Serving already, with the usual settings. */
    static SoloServer serving() throws IOException {
        SoloServer server = new SoloServer(ServerConfig.standalone(Path.of("unused"), 0));
        server.lead();
        return server;
    }

    void lead() {
        epoch++;
        loop.lead(core.stateMachine(), config.self(), new Epoch(epoch));
    }

    void lose() {
        lose(false);
    }

    /** @param losing whether what is proposed and not yet committed is lost */
    void lose(boolean losing) {
        loop.lose(core.stateMachine(), new Epoch(epoch), losing);
    }

    /** What it could not go on after. */
    Queue<Throwable> fatal() {
        return fatal;
    }

    String connect() {
        return "127.0.0.1:" + core.clientPort();
    }

    int port() {
        return core.clientPort();
    }

    @Override
    public void close() {
        core.close();
        loop.close();
    }

    private static final class TestClock implements Clock {
        @Override
        public long monotonicMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    }
}
