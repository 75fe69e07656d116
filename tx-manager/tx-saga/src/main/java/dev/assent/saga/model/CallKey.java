package dev.assent.saga.model;

import java.util.Optional;

/**
 * The idempotency key of a call: the same for every attempt, whichever process makes it. Whoever is called has effects
 * for one key at most once, and knows from it which action a compensation belongs to.
 */
public record CallKey(SagaId saga, String step, Direction direction) implements Comparable<CallKey> {
    public static final int STEP_CHARACTERS_MAX = 40;

    public CallKey {
        Names.require("a step's name", step, STEP_CHARACTERS_MAX);
    }

    /** Saga, step and direction with slashes between them. */
    public String text() {
        return saga.text() + "/" + step + "/" + direction.word();
    }

    /** Empty if it is no such key. */
    public static Optional<CallKey> parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        for (Direction direction : Direction.values()) {
            if (direction.word().equals(parts[2])) {
                return named(parts[0], parts[1], direction);
            }
        }
        return Optional.empty();
    }

    private static Optional<CallKey> named(String saga, String step, Direction direction) {
        try {
            return Optional.of(new CallKey(new SagaId(saga), step, direction));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(CallKey other) {
        return text().compareTo(other.text());
    }

    @Override
    public String toString() {
        return text();
    }
}
