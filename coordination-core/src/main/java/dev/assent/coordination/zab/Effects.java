package dev.assent.coordination.zab;

import java.util.ArrayList;
import java.util.List;

/** Collects the reaction to one input. */
final class Effects {
    private final List<Write> writes = new ArrayList<>();
    private final List<Send> sends = new ArrayList<>();
    private final List<Delivery> deliveries = new ArrayList<>();

    void write(Write write) {
        writes.add(write);
    }

    void send(Send send) {
        sends.add(send);
    }

    void deliver(Delivery delivery) {
        deliveries.add(delivery);
    }

    /** The collected reaction; the next one starts empty. */
    Turn take() {
        if (writes.isEmpty() && sends.isEmpty() && deliveries.isEmpty()) {
            return Turn.NOTHING;
        }
        Turn turn = new Turn(writes, sends, deliveries);
        writes.clear();
        sends.clear();
        deliveries.clear();
        return turn;
    }
}
