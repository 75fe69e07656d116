package dev.assent.coordination.server.edge;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.replica.LogThrottle;
import dev.assent.coordination.server.ordering.EdgePatience;
import dev.assent.coordination.server.ordering.LeaderContact;
import dev.assent.coordination.server.ordering.OrderedStore;
import dev.assent.coordination.server.ordering.Submission;
import dev.assent.coordination.server.ordering.Unconfirmed;
import dev.assent.coordination.server.ordering.WatchedTree;
import dev.assent.coordination.tree.DataTree;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversations of one event loop, and what they share: a mailbox that the replica loop posts to, and the batch
 * of orders that goes the other way. Confined to the event loop, {@link #post} and {@link #wake} apart.
 */
final class EdgeLoop {
    private static final long ENDINGS_TOLD_EVERY_MILLIS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(EdgeLoop.class);

    private final EventLoop executor;
    private final OrderedStore store;
    private final WatchedTree watched;

    private final Queue<Message> mailbox = new ConcurrentLinkedQueue<>();
    private final Queue<ClientConversation> scheduled = new ArrayDeque<>();
    private final Set<ClientConversation> conversations = new LinkedHashSet<>();
    private List<Submission> batch = new ArrayList<>();
    private final Pressure pressure;
    private final Unconfirmed unconfirmed;
    /** Showed life, and then their connections ended before that was reported. */
    private final List<SessionId> heardAndGone = new ArrayList<>();

    private final LogThrottle endings = new LogThrottle(ENDINGS_TOLD_EVERY_MILLIS);
    private final LogThrottle lateOpenings = new LogThrottle(ENDINGS_TOLD_EVERY_MILLIS);
    private final Traffic traffic;
    private final Counts counts;
    private final Consumer<Throwable> onFatal;
    /** The replica loop's own note; no other thread looks at it. */
    private boolean posted;
    /** Written by the replica loop only. */
    private final AtomicLong messagesPosted = new AtomicLong();

    private long messagesRead;

    /** What keeps all of a server's clients from being read as usual. Any thread. */
    interface Pressure {
        /** There is no leader to ask. */
        boolean isSuspended();

        /** More is under way than this server holds: see {@link dev.assent.coordination.server.ordering.PendingOrderLimits}. */
        boolean isCrowded();
    }

    private record Message(ClientConversation to, Runnable content) {}

    EdgeLoop(
            EventLoop executor,
            OrderedStore store,
            WatchedTree watched,
            Pressure pressure,
            long nowMillis,
            Traffic traffic,
            Consumer<Throwable> onFatal) {
        this.traffic = traffic;
        this.counts = traffic.ofLoop();
        this.executor = executor;
        this.store = store;
        this.watched = watched;
        this.pressure = pressure;
        this.unconfirmed = new Unconfirmed(nowMillis, store.leaderContact().knownMillis());
        this.onFatal = onFatal;
    }

    /**
     * Runs a task on the event loop, which would only log what it throws: answers and orders would be lost, and the
     * clients wait for ever. So that ends the server. Any thread.
     */
    void execute(Runnable task) {
        try {
            executor.execute(() -> guarded(task));
        } catch (RejectedExecutionException closed) {
            LOG.debug("the connections are closed", closed);
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            onFatal.accept(e);
        }
    }

    WatchedTree watched() {
        return watched;
    }

    /** Begins to count for one connection. */
    Traffic.Connection counting(InetSocketAddress remote) {
        return traffic.opened(remote, counts);
    }

    OrderedStore store() {
        return store;
    }

    /** On the replica loop's thread only. */
    void post(ClientConversation to, Runnable content) {
        mailbox.add(new Message(to, content));
        messagesPosted.setRelease(messagesPosted.getPlain() + 1);
        posted = true;
    }

    /** On the replica loop's thread only. */
    void wake() {
        if (posted) {
            posted = false;
            execute(this::attend);
        }
    }

    private void attend() {
        readMailbox();
        ClientConversation next = scheduled.poll();
        while (next != null) {
            attempt(next, next::proceed);
            next = scheduled.poll();
        }
    }

    /**
     * The newest tree, for a reply that is written next: every event of a change that it shows has been written by
     * then.
     */
    DataTree freshTree() {
        DataTree tree = watched.tree();
        readMailbox();
        return tree;
    }

    /** How many messages there were until now, from the first on: those that tell of the state as it is. */
    long messagesPosted() {
        return messagesPosted.get();
    }

    /** Reads them up to that number and no further. */
    void readMailbox(long upTo) {
        boolean more = true;
        while (more && messagesRead < upTo) {
            more = readNext();
        }
    }

    void readMailbox() {
        boolean more = true;
        while (more) {
            more = readNext();
        }
    }

    private boolean readNext() {
        Message message = mailbox.poll();
        if (message == null) {
            return false;
        }
        messagesRead++;
        attempt(message.to(), message.content());
        return true;
    }

    /** The loop's boundary: a fault in serving one client costs that client its connection. */
    private static void attempt(ClientConversation conversation, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException fault) {
            LOG.error("a client's connection is closed after a fault of this server", fault);
            conversation.cutOff("fault of this server");
        }
    }

    /** The conversation has something to go on with once the mailbox is read. */
    void schedule(ClientConversation conversation) {
        scheduled.add(conversation);
    }

    /** Orders given in one turn of the event loop travel together. */
    void submit(Submission submission) {
        if (batch.isEmpty()) {
            execute(this::sendBatch);
        }
        batch.add(submission);
    }

    private void sendBatch() {
        List<Submission> full = batch;
        batch = new ArrayList<>();
        store.submit(full);
    }

    void joined(ClientConversation conversation) {
        conversations.add(conversation);
    }

    void left(ClientConversation conversation) {
        if (conversations.remove(conversation)) {
            conversation.takeHeard().ifPresent(heardAndGone::add);
        }
    }

    boolean suspended() {
        return pressure.isSuspended();
    }

    /** Whether a client with a request under way is to be read no further. */
    boolean crowded() {
        return pressure.isCrowded();
    }

    /** Leaders came or went. */
    void followPressure() {
        new ArrayList<>(conversations).forEach(one -> attempt(one, one::followPressure));
    }

    void endAll(String why) {
        batch = new ArrayList<>();
        new ArrayList<>(conversations).forEach(one -> attempt(one, () -> one.cutOff(why)));
    }

    /** Whether a client may be told now that it has its session. */
    boolean mayOpen(EdgePatience patience, long grantedMillis) {
        LeaderContact contact = store.leaderContact();
        return patience.mayOpen(contact.ageMillis(), contact.nowMillis() - grantedMillis);
    }

    /** The client finds another server, which asks for the session again. */
    void openedTooLate(ClientConversation conversation) {
        String why = "its session was granted too long ago to be sure that it is still there";
        if (conversation.cutOff(why)
                && lateOpenings.permits(store.leaderContact().nowMillis())) {
            LOG.warn(
                    "a client's connection closed before it was told of its session: {}. Was this process, or its"
                            + " machine, paused? {} others were not told since the last time",
                    why,
                    lateOpenings.takeUntold());
        }
    }

    /** How old the leader's knowledge of this server's clients is. */
    long ageMillis() {
        return store.leaderContact().ageMillis();
    }

    /**
     * Answers the pings that waited, ends the connections that have waited too long.
     *
     * @return the sessions that have shown life since the last time
     */
    List<SessionId> review(long nowMillis) {
        long unconfirmedMillis =
                unconfirmed.forMillis(nowMillis, store.leaderContact().knownMillis());
        List<SessionId> alive = new ArrayList<>(heardAndGone);
        heardAndGone.clear();
        List<ClientConversation> toEnd = new ArrayList<>();
        for (ClientConversation conversation : conversations) {
            if (conversation.patience().mustEnd(unconfirmedMillis)) {
                toEnd.add(conversation);
            } else {
                attempt(conversation, conversation::greetAgain);
                conversation.takeHeard().ifPresent(alive::add);
                attempt(conversation, conversation::answerPingsNow);
            }
        }
        end(toEnd, unconfirmedMillis, nowMillis);
        return alive;
    }

    private void end(List<ClientConversation> toEnd, long unconfirmedMillis, long nowMillis) {
        String why =
                "the leader has not confirmed for " + unconfirmedMillis + " ms that it knows of this server's clients";
        long ended =
                toEnd.stream().filter(conversation -> conversation.cutOff(why)).count();
        if (ended > 0 && endings.permits(nowMillis)) {
            LOG.warn(
                    "{} client connections closed, so that their clients find another server: {}. Is there a leader,"
                            + " and are the link to it, its disk and this server's disk all right?",
                    ended,
                    why);
        }
    }
}
