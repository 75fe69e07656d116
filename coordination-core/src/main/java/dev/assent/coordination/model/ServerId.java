package dev.assent.coordination.model;

/**
 * A member of the ensemble: the N of {@code server.N} and the content of its {@code myid} file.
 *
 * @param value 0 to 255, as in ZooKeeper; 0 only for a standalone server
 */
public record ServerId(int value) implements Comparable<ServerId> {
    public ServerId {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("server id " + value + " is outside 0..255");
        }
    }

    @Override
    public int compareTo(ServerId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "s" + value;
    }
}
