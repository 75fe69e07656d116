package dev.assent.coordination.net.peer;

import dev.assent.coordination.model.ServerId;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one member dialled: at once when there is no link, then after pauses that double. Runs on the event loop,
 * but for the look-up of names, which may block.
 */
final class Dialler {
    private final ServerId peer;
    private final PeerNetConfig config;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final Executor lookups;
    private final Complaints complaints;
    private final SplittableRandom random = new SplittableRandom();
    private int attempts;
    private boolean stopped;

    Dialler(
            ServerId peer,
            PeerNetConfig config,
            Bootstrap bootstrap,
            EventLoop loop,
            Executor lookups,
            Complaints complaints) {
        this.peer = peer;
        this.config = config;
        this.bootstrap = bootstrap;
        this.loop = loop;
        this.lookups = lookups;
        this.complaints = complaints;
    }

    /** The connection led to a link: the next attempt is a first one again. */
    void succeeded() {
        attempts = 0;
    }

    void stop() {
        stopped = true;
    }

    /** Dials; goes on until {@link #stop}, whenever the connection it made has ended. */
    void dial() {
        if (!stopped) {
            lookups.execute(() -> {
                try {
                    lookUp();
                } catch (RuntimeException | Error e) {
                    // Nothing may end the dialling: this member would not be linked again until a restart.
                    loop.execute(() -> failed("its address cannot be looked up: " + Complaints.reason(e)));
                }
            });
        }
    }

    private void lookUp() {
        Optional<InetSocketAddress> address = config.addresses().addressOf(peer);
        if (address.isEmpty()) {
            loop.execute(() -> failed("its address is not known yet"));
            return;
        }
        String host = address.get().getHostString();
        try {
            InetAddress resolved = InetAddress.getByName(host);
            loop.execute(
                    () -> connect(new InetSocketAddress(resolved, address.get().getPort())));
        } catch (UnknownHostException e) {
            loop.execute(
                    () -> failed("host name " + host + " is unknown: correct its server line, or the name service"));
        }
    }

    private void connect(InetSocketAddress address) {
        if (stopped) {
            return;
        }
        try {
            Future<?> unused =
                    bootstrap.connect(address).addListener((ChannelFuture connected) -> connected(address, connected));
        } catch (RuntimeException | Error e) {
            failed(address + " cannot be dialled: " + Complaints.reason(e));
        }
    }

    private void connected(InetSocketAddress address, ChannelFuture connected) {
        @Nullable Throwable cause = connected.cause();
        if (cause != null) {
            failed(address + " cannot be reached: " + Complaints.reason(cause));
            return;
        }
        Channel channel = connected.channel();
        Future<?> unused = channel.closeFuture().addListener(closed -> dialAfterPause());
    }

    private void failed(String reason) {
        if (!stopped) {
            complaints.raise(peer.toString(), reason);
            dialAfterPause();
        }
    }

    private void dialAfterPause() {
        if (!stopped) {
            Future<?> unused = loop.schedule(this::dial, pauseMillis(attempts++), TimeUnit.MILLISECONDS);
        }
    }

    /** A random half of the pause keeps members that lost each other together from meeting in step. */
    private long pauseMillis(int failures) {
        if (failures == 0) {
            return 0;
        }
        long doubled = (long) config.limits().redialMillisMin() << Math.min(failures - 1, 20);
        long pause = Math.min(doubled, config.limits().redialMillisMax());
        return pause / 2 + random.nextLong(pause / 2 + 1);
    }
}
