package dev.assent.coordination.net.client;

import java.util.function.Consumer;

/**
 * What one connection holds in memory, in grains, so that what is small costs nothing to count. Confined to the
 * connection's event loop but for what {@link ClientMemory.Holder} says.
 */
final class Holding implements ClientMemory.Holder {
    static final int GRAIN_BYTES = 4 << 10;

    private final ClientMemory memory;
    private final Consumer<String> whenEvicted;
    private long unreadBytes;
    private long underWayBytes;
    private long unsentBytes;
    private long largestUnsentBytes;
    private boolean over;
    private long counted;
    private volatile long reclaimable;

    /** @param whenEvicted takes the reason, on any thread */
    Holding(ClientMemory memory, Consumer<String> whenEvicted) {
        this.memory = memory;
        this.whenEvicted = whenEvicted;
    }

    void unread(long bytes) {
        unreadBytes = bytes;
        count();
    }

    void underWay(long bytes) {
        underWayBytes = bytes;
        count();
    }

    void unsent(int bytes) {
        unsentBytes += bytes;
        largestUnsentBytes = Math.max(largestUnsentBytes, bytes);
        count();
    }

    /** Of what was unsent, the network has taken so much, or it was dropped. */
    void sent(int bytes) {
        unsentBytes -= bytes;
        if (unsentBytes == 0) {
            largestUnsentBytes = 0;
        }
        count();
    }

    /** The largest reply of those that wait; of those that waited with them, too. */
    long largestUnsentBytes() {
        return largestUnsentBytes;
    }

    /** Whether nothing more may be read now. */
    boolean mustWait() {
        return (memory.isShort() && (underWayBytes > 0 || unsentBytes > 0)) || mustBeWoken();
    }

    /** Whether it waits for others only, so that nothing of its own will end the wait. */
    boolean mustBeWoken() {
        return unreadBytes >= GRAIN_BYTES && memory.isExhausted();
    }

    /** Whether, if it has to wait, only its client can end that. */
    boolean waitsForClient() {
        return unsentBytes > 0 && underWayBytes == 0;
    }

    /** The connection is gone. */
    void nothing() {
        over = true;
        count();
    }

    private void count() {
        long giveBack = over ? 0 : unreadBytes + unsentBytes;
        long now = over ? 0 : (giveBack + underWayBytes) / GRAIN_BYTES * GRAIN_BYTES;
        if (now == counted) {
            return;
        }
        if (counted == 0) {
            memory.entered(this);
        } else if (now == 0) {
            memory.left(this);
        }
        long delta = now - counted;
        counted = now;
        reclaimable = giveBack;
        memory.changed(delta);
    }

    @Override
    public long reclaimableBytes() {
        return reclaimable;
    }

    @Override
    public void evict(String why) {
        whenEvicted.accept(why);
    }
}
