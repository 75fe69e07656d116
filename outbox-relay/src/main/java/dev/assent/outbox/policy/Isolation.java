package dev.assent.outbox.policy;

/**
 * How many records travel together while a refusal cannot be pinned on one of them: half as many after each, twice as
 * many after each success, so that one guilty record in a batch of {@code n} is alone after about {@code log n} tries.
 * Used by one thread.
 */
public final class Isolation {
    private final int recordsMax;
    private int together;

    /** {@code recordsMax} is what travels together when nothing is suspected. */
    public Isolation(int recordsMax) {
        this.recordsMax = recordsMax;
        this.together = recordsMax;
    }

    /** Most records to send next. */
    public int together() {
        return together;
    }

    /** A batch was refused, and {@code records} of it are to be tried by themselves. */
    public void narrow(int records) {
        together = Math.max(1, Math.min(records, recordsMax));
    }

    public void published() {
        together = (int) Math.min(recordsMax, 2L * together);
    }
}
