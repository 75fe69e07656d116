package dev.assent.saga.protocol;

import dev.assent.saga.model.Direction;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Where this executor is with each call. One thread at a time. */
final class Attempts {
    private final Map<Direction, Map<String, Attempt>> calls = new EnumMap<>(Direction.class);

    /** Where a call is. */
    enum Phase {
        CALLING,
        PAUSING,
        OVER
    }

    private record Attempt(int number, Phase phase) {}

    Attempts() {
        for (Direction direction : Direction.values()) {
            calls.put(direction, new TreeMap<>());
        }
    }

    private Map<String, Attempt> in(Direction direction) {
        Map<String, Attempt> found = calls.get(direction);
        if (found == null) {
            throw new IllegalStateException("no calls in direction " + direction);
        }
        return found;
    }

    boolean isKnown(String step, Direction direction) {
        return in(direction).containsKey(step);
    }

    /** Whether that attempt is the call's last one, and in that phase. */
    boolean is(String step, Direction direction, int number, Phase phase) {
        return new Attempt(number, phase).equals(in(direction).get(step));
    }

    void put(String step, Direction direction, int number, Phase phase) {
        in(direction).put(step, new Attempt(number, phase));
    }

    /** No attempt of the call follows. */
    void over(String step, Direction direction) {
        in(direction).computeIfPresent(step, (name, last) -> new Attempt(last.number(), Phase.OVER));
    }

    boolean anyCalling(Direction direction) {
        return in(direction).values().stream().anyMatch(attempt -> attempt.phase() == Phase.CALLING);
    }
}
