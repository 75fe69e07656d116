package dev.assent.tx.remote.peer;

import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.shards.PeerInput;
import dev.assent.tx.shards.Suspicion;
import dev.assent.tx.spi.Peers;
import io.grpc.BindableService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's links to all others. Thread-safe: all of its state belongs to its own thread. */
public final class PeerLinks implements Peers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLinks.class);
    /** Beats within the silence that is suspicious. */
    private static final int BEATS_PER_SILENCE = 10;
    /** Of a pause of this node's own, no more than so many beats count as others' silence. */
    private static final int BEATS_COUNTED_MAX = 2;

    private final String self;
    private final PeerService service;
    private final Clock clock;
    private final GrpcSecurity security;
    private final Suspicion suspicion;
    private final ScheduledThreadPoolExecutor thread;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile SortedSet<String> suspected = new TreeSet<>();
    /** Of the thread. */
    private final Map<String, PeerLink> links = new HashMap<>();

    private PeerLinks(String self, Duration silence, GrpcSecurity security, Clock clock) {
        this.security = security;
        this.self = self;
        this.service = new PeerService(self);
        this.clock = clock;
        long beatMillis = Math.max(1, silence.toMillis() / BEATS_PER_SILENCE);
        suspicion = new Suspicion(new Suspicion.Limits(silence.toMillis(), BEATS_COUNTED_MAX * beatMillis));
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread own = new Thread(task, "assent-peers");
            own.setDaemon(true);
            return own;
        });
        thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // closed: nobody is attended to
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::tick, beatMillis, beatMillis, TimeUnit.MILLISECONDS);
    }

    /**
     * Links that attend to nobody yet.
     *
     * @param self this node's id among the members
     * @param silence so long nothing is heard of a node before it is suspected; ten beats are sent in that time
     */
    public static PeerLinks start(String self, Duration silence, GrpcSecurity security, Clock clock) {
        return new PeerLinks(self, silence, security, clock);
    }

    /** Answers the other nodes' beats; runs on {@link #executor}. */
    public BindableService service() {
        return service;
    }

    /** Ends the links that others have made, for the listener is to close. */
    public void hangUp() {
        service.close();
    }

    /** The thread of the links. */
    public Executor executor() {
        return thread;
    }

    @Override
    public void attendTo(SortedMap<String, String> addresses) {
        thread.execute(() -> attend(addresses));
    }

    private void attend(SortedMap<String, String> addresses) {
        links.entrySet().removeIf(link -> {
            boolean gone = !link.getValue().address().equals(addresses.get(link.getKey()));
            if (gone) {
                link.getValue().close();
            }
            return gone;
        });
        SortedSet<String> reachable = new TreeSet<>();
        addresses.forEach((peer, address) -> {
            if (!address.isEmpty()) {
                reachable.add(peer);
            }
        });
        step(new PeerInput.Known(reachable));
        reachable.forEach(
                peer -> links.computeIfAbsent(peer, unknown -> dialled(peer, addresses.getOrDefault(peer, ""))));
    }

    private PeerLink dialled(String peer, String address) {
        PeerLink link = new PeerLink(
                self,
                peer,
                address,
                security.dial(address, Role.NODE).executor(thread).build(),
                this::step);
        link.dial();
        return link;
    }

    private void tick() {
        try {
            links.values().forEach(PeerLink::beat);
            step(new PeerInput.Ticked(TimeUnit.NANOSECONDS.toMillis(clock.nanos())));
        } catch (RuntimeException bug) {
            LOG.error("a beat failed; the next one follows", bug);
        }
    }

    private void step(PeerInput input) {
        if (!suspicion.step(input)) {
            return;
        }
        SortedSet<String> before = suspected;
        SortedSet<String> now = suspicion.suspected();
        suspected = now;
        now.stream().filter(peer -> !before.contains(peer)).forEach(peer -> LOG.warn("{} seems dead", described(peer)));
        before.stream()
                .filter(peer -> !now.contains(peer))
                .forEach(peer -> LOG.info("{} is not suspected", described(peer)));
        listeners.forEach(Runnable::run);
    }

    private String described(String peer) {
        PeerLink link = links.get(peer);
        return "node " + peer + (link == null ? "" : " at " + link.address());
    }

    @Override
    public SortedSet<String> suspected() {
        return suspected;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        thread.execute(() -> {
            links.values().forEach(PeerLink::close);
            links.clear();
        });
        thread.shutdown();
    }
}
