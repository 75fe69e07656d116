package dev.assent.coordination.server.ordering;

import dev.assent.coordination.sim.Timeline;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Send;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Links between simulated servers: first in first out, blocked for a while, or broken and made anew. */
final class SimLinks {
    private static final int DELAY_MICROS = 800;
    private static final int RECONNECT_MICROS = 30_000;

    private final Timeline time;
    private final SplittableRandom random;
    private final List<Lane> lanes = new ArrayList<>();
    private long generations;

    SimLinks(Timeline time, SplittableRandom random) {
        this.time = time;
        this.random = random;
    }

    /** One direction; {@code generation} is that of the link at both ends, 0 while it is down. */
    private final class Lane {
        final SimServer from;
        final SimServer to;
        final ArrayDeque<PeerMessage> underWay = new ArrayDeque<>();
        long generation;
        long lastArrivalMicros;
        boolean blocked;

        Lane(SimServer from, SimServer to) {
            this.from = from;
            this.to = to;
        }

        void put(PeerMessage message) {
            underWay.addLast(message);
            long sentIn = generation;
            long arrival = time.nowMicros() + DELAY_MICROS / 2 + random.nextInt(DELAY_MICROS);
            lastArrivalMicros = Math.max(lastArrivalMicros, arrival);
            time.after(lastArrivalMicros - time.nowMicros(), () -> {
                if (generation == sentIn && !blocked) {
                    deliver();
                }
            });
        }

        void deliver() {
            for (PeerMessage next = underWay.poll(); next != null; next = underWay.poll()) {
                to.take(new Input.Received(from.id(), generation, next));
            }
        }
    }

    void attach(List<SimServer> servers) {
        for (SimServer from : servers) {
            for (SimServer to : servers) {
                if (from != to) {
                    lanes.add(new Lane(from, to));
                }
            }
        }
        servers.forEach(one -> servers.stream()
                .filter(other -> one.id().compareTo(other.id()) < 0)
                .forEach(other -> connect(one, other)));
    }

    private Lane lane(SimServer from, SimServer to) {
        return lanes.stream()
                .filter(lane -> lane.from == from && lane.to == to)
                .findFirst()
                .orElseThrow();
    }

    private void connect(SimServer one, SimServer other) {
        Lane there = lane(one, other);
        Lane back = lane(other, one);
        if (there.blocked || back.blocked) {
            time.after(RECONNECT_MICROS, () -> connect(one, other));
            return;
        }
        there.generation = ++generations;
        back.generation = there.generation;
        one.take(new Input.Connected(other.id(), there.generation));
        other.take(new Input.Connected(one.id(), there.generation));
    }

    void send(SimServer from, Send send) {
        for (Lane lane : lanes) {
            if (lane.from == from && lane.to.id().equals(send.to()) && lane.generation == send.generation()) {
                lane.put(send.message());
            }
        }
    }

    /** Nothing passes between the two for so long; if {@code breaks}, both notice and link anew after that. */
    void cut(SimServer one, SimServer other, long millis, boolean breaks) {
        Lane there = lane(one, other);
        Lane back = lane(other, one);
        if (there.blocked || there.generation == 0) {
            return;
        }
        there.blocked = true;
        back.blocked = true;
        if (breaks) {
            long generation = there.generation;
            there.generation = 0;
            back.generation = 0;
            there.underWay.clear();
            back.underWay.clear();
            one.take(new Input.Disconnected(other.id(), generation));
            other.take(new Input.Disconnected(one.id(), generation));
            time.after(RECONNECT_MICROS, () -> connect(one, other));
        }
        time.after(millis * 1_000, () -> {
            there.blocked = false;
            back.blocked = false;
            there.deliver();
            back.deliver();
        });
    }
}
