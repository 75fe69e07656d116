package dev.assent.coordination.net.secure;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Connections of which it is not known yet whose they are, in a bounded number. One more displaces the one that has been
 * unknown for longest: who says what he has to say is not among those for long, and so those who connect and say nothing
 * only displace each other. Thread-safe.
 */
public final class Newcomers {
    private final int max;
    private final Consumer<Channel> onDisplaced;
    private final Set<Channel> unknown = new LinkedHashSet<>();

    /** @param onDisplaced told of each that has to go, before it is closed */
    public Newcomers(int max, Consumer<Channel> onDisplaced) {
        this.max = max;
        this.onDisplaced = onDisplaced;
    }

    /** It has come; it is let go of when it is {@link #known}, or closed. */
    public void entered(Channel channel) {
        Channel displaced = null;
        synchronized (unknown) {
            unknown.add(channel);
            if (unknown.size() > max) {
                Iterator<Channel> oldest = unknown.iterator();
                displaced = oldest.next();
                oldest.remove();
            }
        }
        Future<?> unused = channel.closeFuture().addListener(closed -> known(channel));
        if (displaced != null) {
            onDisplaced.accept(displaced);
            Future<?> ignored = displaced.close();
        }
    }

    /** It has said whose it is. */
    public void known(Channel channel) {
        synchronized (unknown) {
            unknown.remove(channel);
        }
    }

    /** How many are unknown. */
    public int count() {
        synchronized (unknown) {
            return unknown.size();
        }
    }
}
