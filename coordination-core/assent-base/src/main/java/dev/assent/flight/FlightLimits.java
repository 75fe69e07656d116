package dev.assent.flight;

/**
 * What a recorder keeps at most. See docs/limits.md.
 *
 * @param transactionsMax of each kind: not ended; ended otherwise than well, or touched by recovery
 * @param wellMax of those that ended well, the last ones, in memory alone
 * @param eventsMax of one transaction, half of them its first and half its last
 * @param bytesMax of all lines in memory
 * @param fileBytesMax of a file; there are two of a process, and a little more while the second takes over
 * @param processesMax processes whose files stay in the directory, this one among them
 * @param flushMillis so long a transaction is not written to the file; a {@code kill -9} costs the events of twice that
 */
public record FlightLimits(
        int transactionsMax,
        int wellMax,
        int eventsMax,
        long bytesMax,
        long fileBytesMax,
        int processesMax,
        long flushMillis) {
    public static final FlightLimits STANDARD = new FlightLimits(1_000, 100, 512, 8L << 20, 16L << 20, 4, 50);

    public FlightLimits {
        if (transactionsMax < 1 || eventsMax < 2 || bytesMax < 1 || processesMax < 1 || flushMillis < 1) {
            throw new IllegalArgumentException("a recorder keeps something at least");
        }
        if (fileBytesMax < 2 * bytesMax) {
            throw new IllegalArgumentException("a file holds what is in memory, and as much again, at least");
        }
    }
}
