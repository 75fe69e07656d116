package dev.assent.coordination.model;

/**
 * The number of one leader's time as such; the high half of every {@link Zxid} it assigns.
 *
 * @param value 0 (no leader yet) to 2^31-1
 */
public record Epoch(int value) implements Comparable<Epoch> {
    public static final Epoch NONE = new Epoch(0);

    public Epoch {
        if (value < 0) {
            throw new IllegalArgumentException("epoch " + value + " is negative");
        }
    }

    public Epoch next() {
        return new Epoch(Math.addExact(value, 1));
    }

    public boolean isAfter(Epoch other) {
        return value > other.value;
    }

    @Override
    public int compareTo(Epoch other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "e" + value;
    }
}
