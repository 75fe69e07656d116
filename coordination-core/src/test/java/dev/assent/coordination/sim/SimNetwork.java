package dev.assent.coordination.sim;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Send;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Links that are first-in-first-out or gone. What is under way when one breaks is lost from some point on; what comes
 * before that point may still arrive late, under the old generation. The two ends learn of the break at different
 * times, and a new link may come before that.
 */
final class SimNetwork {
    private static final int LATE_MICROS_MAX = 300_000;

    private final Timeline timeline;
    private final SplittableRandom random;
    private final Coverage coverage;
    private final int delayMicros;
    private final List<SimNode> nodes = new ArrayList<>();
    private @Nullable Link[][] links = new Link[0][0];
    private boolean[][] blocked = new boolean[0][0];
    private long generations;

    /** One direction of a connection. */
    private final class Lane {
        final SimNode from;
        final SimNode to;
        final long senderGeneration;
        final long receiverGeneration;
        final ArrayDeque<PeerMessage> underWay = new ArrayDeque<>();
        long lastArrivalMicros;
        boolean isHeld;

        Lane(SimNode from, SimNode to, long senderGeneration, long receiverGeneration) {
            this.from = from;
            this.to = to;
            this.senderGeneration = senderGeneration;
            this.receiverGeneration = receiverGeneration;
        }

        void put(PeerMessage message) {
            underWay.addLast(message);
            lastArrivalMicros = Math.max(lastArrivalMicros, timeline.nowMicros() + delay());
            timeline.after(lastArrivalMicros - timeline.nowMicros(), this::arrive);
        }

        private void arrive() {
            if (blocked[from.index()][to.index()] || isHeld) {
                isHeld = true;
                return;
            }
            deliverNext();
        }

        private void deliverNext() {
            PeerMessage message = underWay.pollFirst();
            if (message != null) {
                to.take(new Input.Received(from.id(), receiverGeneration, message));
            }
        }

        /** The way is free again: everything held arrives now, in order. */
        void release() {
            if (isHeld) {
                isHeld = false;
                while (!underWay.isEmpty()) {
                    deliverNext();
                }
            }
        }

        /** What is not lost comes late, up to long after the next link is up. */
        void lose() {
            int kept = underWay.isEmpty() ? 0 : random.nextInt(underWay.size() + 1);
            List<PeerMessage> late = new ArrayList<>();
            for (int i = 0; i < kept; i++) {
                late.add(underWay.removeFirst());
            }
            underWay.clear();
            timeline.after(random.nextInt(LATE_MICROS_MAX), () -> {
                underWay.addAll(late);
                late.forEach(message -> deliverNext());
            });
        }
    }

    private final class Link {
        final Lane there;
        final Lane back;

        Link(SimNode a, SimNode b) {
            long generationAtA = ++generations;
            long generationAtB = ++generations;
            there = new Lane(a, b, generationAtA, generationAtB);
            back = new Lane(b, a, generationAtB, generationAtA);
        }

        Lane laneFrom(SimNode node) {
            return there.from == node ? there : back;
        }
    }

    SimNetwork(Timeline timeline, SplittableRandom random, Coverage coverage, int delayMicros) {
        this.timeline = timeline;
        this.random = random;
        this.coverage = coverage;
        this.delayMicros = delayMicros;
    }

    void attach(List<SimNode> all) {
        nodes.addAll(all);
        links = new Link[all.size()][all.size()];
        blocked = new boolean[all.size()][all.size()];
        for (SimNode a : nodes) {
            for (SimNode b : nodes) {
                if (a.index() < b.index()) {
                    keepConnecting(a, b);
                }
            }
        }
    }

    private long delay() {
        int rare = random.nextInt(200) == 0 ? 20 : 1;
        return delayMicros / 2 + random.nextInt(delayMicros) * (long) rare;
    }

    private void keepConnecting(SimNode a, SimNode b) {
        connect(a, b);
        timeline.after(5_000 + random.nextInt(60_000), () -> keepConnecting(a, b));
    }

    private void connect(SimNode one, SimNode other) {
        SimNode a = one.index() < other.index() ? one : other;
        SimNode b = a == one ? other : one;
        if (links[a.index()][b.index()] == null && a.isUp() && b.isUp() && !isBlocked(a, b) && !isBlocked(b, a)) {
            Link link = new Link(a, b);
            links[a.index()][b.index()] = link;
            a.take(new Input.Connected(b.id(), link.there.senderGeneration));
            b.take(new Input.Connected(a.id(), link.back.senderGeneration));
        }
    }

    boolean isBlocked(SimNode from, SimNode to) {
        return blocked[from.index()][to.index()];
    }

    void send(SimNode from, Send send) {
        SimNode to = node(send.to());
        Link link = link(from, to);
        if (link != null && link.laneFrom(from).senderGeneration == send.generation()) {
            link.laneFrom(from).put(send.message());
        }
    }

    private SimNode node(ServerId id) {
        for (SimNode node : nodes) {
            if (node.id().equals(id)) {
                return node;
            }
        }
        throw new IllegalArgumentException("no node " + id);
    }

    private @Nullable Link link(SimNode a, SimNode b) {
        return a.index() < b.index() ? links[a.index()][b.index()] : links[b.index()][a.index()];
    }

    /** Breaks the link, if there is one. Each end learns of it up to {@code noticeMicros} later. */
    void disconnect(SimNode a, SimNode b, int noticeMicros) {
        Link link = link(a, b);
        if (link == null) {
            return;
        }
        coverage.hit(Coverage.Point.DISCONNECT);
        links[Math.min(a.index(), b.index())][Math.max(a.index(), b.index())] = null;
        link.there.lose();
        link.back.lose();
        notice(link.there, noticeMicros);
        notice(link.back, noticeMicros);
        timeline.after(random.nextInt(10_000), () -> connect(a, b));
    }

    private void notice(Lane lane, int noticeMicros) {
        long life = lane.from.life();
        timeline.after(random.nextInt(noticeMicros + 1), () -> {
            if (lane.from.life() == life) {
                if (link(lane.from, lane.to) != null) {
                    coverage.hit(Coverage.Point.RECONNECT_BEFORE_DISCONNECT_WAS_SEEN);
                }
                lane.from.take(new Input.Disconnected(lane.to.id(), lane.senderGeneration));
            }
        });
    }

    /** A process is gone: its links break, and its own messages may still arrive. */
    void crashed(SimNode node) {
        for (SimNode other : nodes) {
            if (other != node) {
                disconnect(node, other, 20_000);
            }
        }
    }

    void block(SimNode from, SimNode to) {
        blocked[from.index()][to.index()] = true;
    }

    void unblockAll() {
        for (SimNode from : nodes) {
            for (SimNode to : nodes) {
                unblock(from, to);
            }
        }
    }

    void unblock(SimNode from, SimNode to) {
        if (blocked[from.index()][to.index()]) {
            blocked[from.index()][to.index()] = false;
            Link link = link(from, to);
            if (link != null) {
                link.laneFrom(from).release();
            }
        }
    }

    List<SimNode> nodes() {
        return nodes;
    }
}
