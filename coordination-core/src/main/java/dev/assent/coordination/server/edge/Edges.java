package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.RequestDecoder;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.net.client.ClientChannel;
import dev.assent.coordination.net.client.Conversation;
import dev.assent.coordination.server.config.ClientAccess;
import dev.assent.coordination.server.ordering.Edge;
import dev.assent.coordination.server.ordering.OrderedStore;
import dev.assent.coordination.server.ordering.WatchedTree;
import dev.assent.time.Clock;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** All event loops with client connections. Thread-safe. */
public final class Edges implements Edge, EdgeLoop.Pressure, Conversation.Opener {
    private final ClientAccess access;
    private final RequestDecoder decoder;
    private final WatchedTree watched;
    private final Supplier<OrderedStore> store;
    private final BiConsumer<String, Consumer<String>> words;
    private final Consumer<Throwable> onFatal;
    private final Traffic traffic = new Traffic();
    private final Map<EventLoop, EdgeLoop> loops = new ConcurrentHashMap<>();
    /** Until a leader serves for the first time, too. */
    private volatile boolean suspended = true;

    private volatile boolean crowded;

    private final Clock clock;
    private final AtomicBoolean reviewing = new AtomicBoolean();

    /**
     * @param clock the store's
     * @param store asked for when the first client comes, since the store itself is made with this edge
     * @param words answers the four-letter words that are allowed
     * @param onFatal told what would leave clients without an answer for ever
     */
    public Edges(
            ClientAccess access,
            RequestDecoder decoder,
            WatchedTree watched,
            Clock clock,
            Supplier<OrderedStore> store,
            BiConsumer<String, Consumer<String>> words,
            Consumer<Throwable> onFatal) {
        this.access = access;
        this.decoder = decoder;
        this.watched = watched;
        this.clock = clock;
        this.store = store;
        this.words = words;
        this.onFatal = onFatal;
    }

    @Override
    public Conversation open(ClientChannel channel) {
        EdgeLoop loop = loops.computeIfAbsent(
                channel.eventLoop(),
                executor ->
                        new EdgeLoop(executor, store.get(), watched, this, clock.monotonicMillis(), traffic, onFatal));
        return new ClientConversation(loop, channel, access, decoder);
    }

    @Override
    public void answer(String word, Consumer<String> answered) {
        words.accept(word, answered);
    }

    @Override
    public void failed(Throwable cause) {
        onFatal.accept(cause);
    }

    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void wake() {
        loops.values().forEach(EdgeLoop::wake);
    }

    @Override
    public void suspend() {
        suspended = true;
        onEach(EdgeLoop::followPressure);
    }

    @Override
    public void resume() {
        suspended = false;
        onEach(EdgeLoop::followPressure);
    }

    @Override
    public void crowded(boolean now) {
        crowded = now;
        onEach(EdgeLoop::followPressure);
    }

    @Override
    public boolean isSuspended() {
        return suspended;
    }

    @Override
    public boolean isCrowded() {
        return crowded;
    }

    @Override
    public void endAll(String why) {
        onEach(loop -> loop.endAll(why));
    }

    /**
     * Reviews every connection and reports to the leader which sessions live; to be called at the pace of the reports.
     * While an event loop has not done its part of the last review, there is none: the report would not be whole.
     */
    public void review() {
        if (reviewing.compareAndSet(false, true)) {
            List<EdgeLoop> all = List.copyOf(loops.values());
            Review review = new Review(all.size(), clock.monotonicMillis());
            all.forEach(loop -> loop.execute(() -> review.add(loop)));
            review.finishIfDone();
        }
    }

    /** What the event loops have heard up to one moment. */
    private final class Review {
        private final Queue<SessionId> alive = new ConcurrentLinkedQueue<>();
        private final AtomicInteger missing;
        private final long startMillis;

        Review(int loops, long startMillis) {
            // One more, which the caller takes away.
            this.missing = new AtomicInteger(loops + 1);
            this.startMillis = startMillis;
        }

        void add(EdgeLoop loop) {
            alive.addAll(loop.review(clock.monotonicMillis()));
            finishIfDone();
        }

        void finishIfDone() {
            if (missing.decrementAndGet() == 0) {
                reviewing.set(false);
                store.get().heard(List.copyOf(alive), startMillis);
            }
        }
    }

    private void onEach(Consumer<EdgeLoop> action) {
        loops.values().forEach(loop -> loop.execute(() -> action.accept(loop)));
    }
}
