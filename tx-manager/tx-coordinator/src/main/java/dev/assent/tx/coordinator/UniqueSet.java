package dev.assent.tx.coordinator;

import dev.assent.tx.model.GlobalTxId;

/**
 * The unique parts of the latest transactions, in two generations of open addressing: when the younger is full it
 * becomes the older, and the older is forgotten. One thread at a time.
 *
 * <p>The parts are random, so their bits are the hash; all zeros, which stands for an empty place, is not remembered.
 */
final class UniqueSet {
    private static final int FIRST_PLACES = 1_024;

    private final int most;
    private long[] young = new long[2 * FIRST_PLACES];
    private long[] old = new long[2 * FIRST_PLACES];
    private int youngCount;

    /** Remembers at least the last {@code most}, and at most twice as many. */
    UniqueSet(int most) {
        this.most = most;
    }

    void add(GlobalTxId.Unique unique) {
        if ((unique.high() | unique.low()) == 0 || find(young, unique) < 0) {
            return;
        }
        if (youngCount >= most) {
            old = young;
            young = new long[2 * FIRST_PLACES];
            youngCount = 0;
        } else if (4 * youngCount >= young.length) {
            young = grown(young);
        }
        put(young, unique.high(), unique.low());
        youngCount++;
    }

    boolean contains(GlobalTxId.Unique unique) {
        return (unique.high() | unique.low()) != 0 && (find(young, unique) < 0 || find(old, unique) < 0);
    }

    /** The free place where it belongs, or a negative number when it is there. */
    private static int find(long[] places, GlobalTxId.Unique unique) {
        int mask = places.length / 2 - 1;
        int place = (int) unique.low() & mask;
        while (places[2 * place] != 0 || places[2 * place + 1] != 0) {
            if (places[2 * place] == unique.high() && places[2 * place + 1] == unique.low()) {
                return -1;
            }
            place = (place + 1) & mask;
        }
        return place;
    }

    private static void put(long[] places, long high, long low) {
        int place = find(places, new GlobalTxId.Unique(high, low));
        places[2 * place] = high;
        places[2 * place + 1] = low;
    }

    private static long[] grown(long[] places) {
        long[] larger = new long[2 * places.length];
        for (int place = 0; place < places.length; place += 2) {
            if (places[place] != 0 || places[place + 1] != 0) {
                put(larger, places[place], places[place + 1]);
            }
        }
        return larger;
    }

    /** What it takes in memory. */
    int bytes() {
        return (young.length + old.length) * Long.BYTES;
    }
}
