package dev.assent.shop.saga;

import dev.assent.saga.model.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Whom a round strikes, and when.
 *
 * @param step of the saga whose call is the moment
 * @param delayMillis after that moment
 */
record PlannedFault(Victim victim, String step, Direction direction, Moment moment, long delayMillis) {
    private static final long DELAY_MILLIS_MAX = 40;

    /** What is killed, and started again. */
    enum Victim {
        /** Whoever executes most: the one that the sagas of the round were started at. */
        EXECUTOR,
        /** The process that carries the call out. */
        CALLED,
        BOTH,
        DATABASE,
        STORE_SERVER,
        /** Not killed but stopped, until its session with the store is over and others have gone on; then it goes on too. */
        FROZEN_EXECUTOR
    }

    /** Each victim at each step, forward and back, at each moment of a call. */
    static List<PlannedFault> all() {
        List<PlannedFault> all = new ArrayList<>();
        for (Victim victim : Victim.values()) {
            for (List<String> stage : Trip.SHAPE) {
                for (String step : stage) {
                    for (Direction direction : Direction.values()) {
                        for (Moment moment : Moment.values()) {
                            PlannedFault blow = new PlannedFault(victim, step, direction, moment, 0);
                            if (blow.canCome()) {
                                all.add(blow);
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    /** As many as asked for: all of them in random order, then some of them again, a moment later. */
    static List<PlannedFault> drawn(int rounds, SplittableRandom random) {
        List<PlannedFault> drawn = new ArrayList<>();
        List<PlannedFault> left = new ArrayList<>();
        boolean again = false;
        while (drawn.size() < rounds) {
            if (left.isEmpty()) {
                left.addAll(all());
                again = !drawn.isEmpty();
            }
            PlannedFault blow = left.remove(random.nextInt(left.size()));
            drawn.add(again ? blow.later(random.nextLong(DELAY_MILLIS_MAX)) : blow);
        }
        return drawn;
    }

    private PlannedFault later(long millis) {
        return new PlannedFault(victim, step, direction, moment, millis);
    }

    /** The step that must be refused so that the moment comes; a word that is none if the saga may go its way. */
    String refused() {
        if (direction == Direction.ACTION) {
            return "none";
        }
        return step.equals(Trip.PAY) || step.equals(Trip.SEAT) ? Trip.PAY : Trip.SEAT;
    }

    private boolean canCome() {
        if (moment == Moment.ANSWERED) {
            return victim != Victim.CALLED && victim != Victim.BOTH; // it is the executor's own moment
        }
        // The last step is compensated only if it was refused, so that there is nothing to write.
        return !step.equals(Trip.PAY) || direction == Direction.ACTION || moment != Moment.UNCOMMITTED;
    }

    /** Without the victim. */
    String words() {
        return step + " " + direction.word() + " " + moment;
    }
}
