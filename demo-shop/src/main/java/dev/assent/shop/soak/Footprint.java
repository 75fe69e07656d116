package dev.assent.shop.soak;

import java.util.ArrayList;
import java.util.List;

/**
 * What a process holds.
 *
 * @param heapBytes that is in use right after a full collection
 * @param residentBytes of its memory, for people: a JVM gives little of it back
 * @param threads of it
 * @param files that it has open, sockets among them
 */
record Footprint(long heapBytes, long residentBytes, int threads, int files) {
    private static final double GROWTH_MAX = 1.25;
    private static final long MIB = 1 << 20;

    /** Caches that fill slowly, and what a collection leaves for the next. */
    private static final long HEAP_SLACK_BYTES = 12 * MIB;

    private static final int COUNT_SLACK = 24;

    /** In what it grew since {@code before}, by more than noise; empty if in nothing. */
    List<String> growthSince(Footprint before) {
        List<String> grown = new ArrayList<>();
        if (heapBytes > before.heapBytes() * GROWTH_MAX + HEAP_SLACK_BYTES) {
            grown.add("its heap grew from " + before.heapBytes() / MIB + " to " + heapBytes / MIB + " MiB");
        }
        if (threads > before.threads() * GROWTH_MAX + COUNT_SLACK) {
            grown.add("its threads grew from " + before.threads() + " to " + threads);
        }
        if (files > before.files() * GROWTH_MAX + COUNT_SLACK) {
            grown.add("its open files grew from " + before.files() + " to " + files);
        }
        return grown;
    }

    String text() {
        return "heap " + heapBytes / MIB + " MiB, resident " + residentBytes / MIB + " MiB, " + threads + " threads, "
                + files + " files";
    }
}
