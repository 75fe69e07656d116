package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.config.ClientLimits;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Timing;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnCodec;
import dev.assent.coordination.zab.Role;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom a server does not read because it is short of memory itself, it does not take for silent. */
@Timeout(240)
final class UnreadClientTest {
    private static final int FRAME_BYTES_MAX = 8 << 20;
    private static final int TIMEOUT_MILLIS = 3_000;
    /** Longer, so that the other one is the first to expire if it is taken for silent. */
    private static final int SILENT_MILLIS = 10_000;

    private static final int STEP_MILLIS = 20;
    private static final byte[] PING = {-1, -1, -1, -2, 0, 0, 0, 11};

    private final HeldLoop loop = new HeldLoop();
    /** The server's time. It stands still until the memory is filled, so nobody expires before, however slow that is. */
    private final AtomicLong nanos = new AtomicLong();

    private volatile boolean timePasses;
    private final List<RawClient> clients = new ArrayList<>();
    private final ServerCore core = new ServerCore(
            ServerConfig.standalone(Path.of("unused"), 0)
                    .withTiming(new Timing(500, 10, 5))
                    .withLimits(ClientLimits.DEFAULT.withFrameBytesMax(FRAME_BYTES_MAX)),
            loop,
            new Clock() {
                @Override
                public long epochMillis() {
                    return Clock.SYSTEM.epochMillis();
                }

                @Override
                public long nanos() {
                    return nanos.get();
                }
            },
            status -> {},
            fatal -> {},
            new EventStream(Clock.SYSTEM));
    private Zxid last = Zxid.startOf(new Epoch(1));

    private final ScheduledExecutorService ticking = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() throws IOException {
        ticking.shutdownNow();
        for (RawClient client : clients) {
            client.close();
        }
        core.close();
    }

    private RawClient client() throws IOException {
        RawClient made = new RawClient(core.clientPort());
        clients.add(made);
        return made;
    }

    private RawClient withSession(int timeoutMillis) throws Exception {
        RawClient made = client();
        made.requestSession(timeoutMillis, 0);
        Payload opening = loop.proposed.poll(120, TimeUnit.SECONDS);
        assertThat(opening).isNotNull();
        last = last.next();
        loop.execute(() -> core.stateMachine().committed(last, opening));
        return made;
    }

    /** So much of frames that are never finished that it is too much, but not twice that; meanwhile one client pings. */
    private void fillMemory(RawClient pinging) throws IOException {
        long budget = MemoryShares.of(Runtime.getRuntime().maxMemory(), FRAME_BYTES_MAX)
                .clientBytesMax();
        for (long filled = 0; filled <= budget; filled += FRAME_BYTES_MAX - 1) {
            RawClient filler = client();
            filler.sendInts(FRAME_BYTES_MAX);
            filler.send(new byte[FRAME_BYTES_MAX - 1]);
            pinging.sendFrame(PING);
        }
    }

    @Test
    void who_pings_while_its_write_is_under_way_and_memory_is_short_keeps_its_session() throws Exception {
        core.listen();
        core.stateMachine().roleChanged(Role.LEADING, new Epoch(1), Optional.of(new ServerId(0)), true);
        Future<?> unused = ticking.scheduleWithFixedDelay(
                () -> loop.execute(this::tick), STEP_MILLIS, STEP_MILLIS, TimeUnit.MILLISECONDS);
        RawClient pinging = withSession(TIMEOUT_MILLIS);
        SessionId silent = new SessionId(withSession(SILENT_MILLIS).readSession());
        pinging.readSession();
        fillMemory(pinging);
        pinging.sendFrame(RawClient.createEphemeral("/under-way"));
        Payload write = loop.proposed.poll(120, TimeUnit.SECONDS);
        assertThat(write).isNotNull();
        timePasses = true;

        assertThat(firstExpired(pinging)).isEqualTo(silent);
    }

    private void tick() {
        if (timePasses) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(STEP_MILLIS));
        }
        core.stateMachine().ticked();
    }

    /** Time goes on, and the client pings, until some session ends. */
    private SessionId firstExpired(RawClient pinging) throws Exception {
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(180)) {
            pinging.sendFrame(PING);
            Payload next = loop.proposed.poll(STEP_MILLIS, TimeUnit.MILLISECONDS);
            if (next != null && TxnCodec.decode(next) instanceof Txn.ExpireSessions expiry) {
                return expiry.sessions().get(0);
            }
        }
        throw new TimeoutException("nobody expired");
    }
}
