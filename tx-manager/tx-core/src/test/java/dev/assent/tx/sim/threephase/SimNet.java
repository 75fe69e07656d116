package dev.assent.tx.sim.threephase;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** What is under way between and inside the processes, and who reaches whom. */
final class SimNet {
    private final List<SimEvent> pending = new ArrayList<>();
    private final boolean[] alive;
    private final int[] lives;
    private final int[] sides;
    private boolean storeDead;

    SimNet(int processes) {
        alive = new boolean[processes];
        lives = new int[processes];
        sides = new int[processes];
        Arrays.fill(alive, true);
    }

    void message(int from, int to, String what, Runnable happens, Runnable lost) {
        pending.add(new SimEvent(SimEvent.Kind.MESSAGE, from, to, 0, what, happens, lost));
    }

    void disk(int at, String what, Runnable happens) {
        pending.add(new SimEvent(SimEvent.Kind.DISK, at, at, lives[at], what, happens, SimEvent.NOTHING));
    }

    void timer(int at, String what, Runnable happens) {
        pending.add(new SimEvent(SimEvent.Kind.TIMER, at, at, lives[at], what, happens, SimEvent.NOTHING));
    }

    void store(int from, String what, Runnable happens) {
        pending.add(new SimEvent(SimEvent.Kind.STORE, from, from, lives[from], what, happens, SimEvent.NOTHING));
    }

    /** What could happen now; timers are not among it unless asked for. */
    List<SimEvent> ready(Predicate<SimEvent> which) {
        return pending.stream().filter(which).filter(this::canHappen).toList();
    }

    private boolean canHappen(SimEvent event) {
        return switch (event.kind()) {
            case MESSAGE -> true;
            case DISK, TIMER -> alive[event.to()];
            case STORE -> !storeDead;
        };
    }

    /** It happens; a message to a process that is dead, or on another side, is lost. */
    void happen(SimEvent event) {
        pending.remove(event);
        if (event.isMessage() && !reaches(event.from(), event.to())) {
            event.lost().run();
        } else {
            event.happens().run();
        }
    }

    void lose(SimEvent message) {
        pending.remove(message);
        message.lost().run();
    }

    /** It happens now and once more later. */
    void repeat(SimEvent message) {
        if (reaches(message.from(), message.to())) {
            message.happens().run();
        }
    }

    boolean reaches(int from, int to) {
        return alive[to] && sides[from] == sides[to];
    }

    boolean isAlive(int process) {
        return alive[process];
    }

    int life(int process) {
        return lives[process];
    }

    void crash(int process) {
        alive[process] = false;
        lives[process]++;
        pending.removeIf(event -> !event.isMessage() && event.to() == process);
    }

    void revive(int process) {
        alive[process] = true;
    }

    void side(int process, int side) {
        sides[process] = side;
    }

    void heal() {
        Arrays.fill(sides, 0);
    }

    /** Whatever is still on its way between processes that cannot hear each other is gone. */
    void loseUnreachable() {
        for (SimEvent event : List.copyOf(pending)) {
            if (event.isMessage() && (!alive[event.from()] || !reaches(event.from(), event.to()))) {
                lose(event);
            }
        }
    }

    void storeDies() {
        storeDead = true;
    }

    boolean isStoreDead() {
        return storeDead;
    }
}
