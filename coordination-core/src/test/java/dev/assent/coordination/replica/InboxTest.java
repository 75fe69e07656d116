package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.net.peer.NettyPeerTransport;
import dev.assent.coordination.net.peer.PeerNetConfig;
import dev.assent.coordination.net.peer.PeerNetLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InboxTest {
    private static final long WAIT_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int ROUNDS = 2_000;

    private final NettyPeerTransport transport = new NettyPeerTransport(new PeerNetConfig(
            "test",
            new ServerId(1),
            Set.of(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            peer -> Optional.empty(),
            PeerNetLimits.DEFAULT));
    private final Inbox inbox = new Inbox(10, transport);

    /** Every event and every task comes while the loop waits, or is just about to. */
    @Test
    @Timeout(240)
    void whatever_comes_ends_the_loops_wait() throws Exception {
        CountDownLatch[] done = new CountDownLatch[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            done[round] = new CountDownLatch(1);
        }
        Thread loop = transport.thread("loop", this::loop);
        loop.start();

        for (int round = 0; round < ROUNDS; round++) {
            if (round % 2 == 0) {
                inbox.post(done[round]::countDown);
            } else {
                inbox.submit(done[round]::countDown);
            }
            assertThat(done[round].await(120, TimeUnit.SECONDS))
                    .as("round %d", round)
                    .isTrue();
        }

        inbox.post(() -> Thread.currentThread().interrupt());
        loop.join();
    }

    /** As the log's thread does with what the loop does not wait for. */
    @Test
    @Timeout(240)
    void what_is_added_without_a_wake_up_is_taken_with_the_next_one() throws Exception {
        CountDownLatch added = new CountDownLatch(1);
        CountDownLatch posted = new CountDownLatch(1);
        Thread loop = transport.thread("loop", this::loop);
        loop.start();

        inbox.add(added::countDown);
        inbox.wake();
        assertThat(added.await(120, TimeUnit.SECONDS)).isTrue();
        CountDownLatch quiet = new CountDownLatch(1);
        inbox.add(quiet::countDown);
        inbox.post(posted::countDown);

        assertThat(posted.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(quiet.getCount()).as("in order").isZero();
        inbox.post(() -> Thread.currentThread().interrupt());
        loop.join();
    }

    private void loop() {
        while (!Thread.interrupted()) {
            for (Runnable event = inbox.pollEvent(); event != null; event = inbox.pollEvent()) {
                event.run();
            }
            for (Runnable task = inbox.pollTask(); task != null; task = inbox.pollTask()) {
                task.run();
            }
            if (!Thread.currentThread().isInterrupted()) {
                inbox.await(WAIT_NANOS, true);
            }
        }
        transport.close();
    }
}
