package dev.assent.coordination.server;

/**
 * How much of the heap each part may take that grows with the load, so that a small heap slows clients down instead of
 * ending the server. What is kept for good, the tree, is not among them.
 *
 * @param clientBytesMax requests and replies of all clients; in need it gets as much again. Requests exist about twice
 *     while they are under way: decoded, and as transactions
 * @param historyBytesMax committed transactions for members that come back; fourfold while one gets a snapshot
 * @param unwrittenBytesMax transactions that wait for the disk
 * @param linkBytesMax messages that wait for one other member; outside of the heap, which is as large by default
 * @param pendingOrderBytesMax requests that the ensemble has not answered yet; most of them are among those of clientBytesMax
 */
record MemoryShares(
        long clientBytesMax,
        long historyBytesMax,
        long unwrittenBytesMax,
        long linkBytesMax,
        long pendingOrderBytesMax) {
    private static final long MIB = 1L << 20;

    /**
     * The shares of a heap.
     *
     * @param frameBytesMax one client's largest request always fits
     */
    static MemoryShares of(long heapBytes, int frameBytesMax) {
        return new MemoryShares(
                Math.max(2L * frameBytesMax, Math.min(512 * MIB, heapBytes / 16)),
                Math.min(64 * MIB, heapBytes / 16),
                Math.min(64 * MIB, heapBytes / 16),
                Math.max(4L * frameBytesMax, Math.min(320 * MIB, heapBytes / 5)),
                Math.max(frameBytesMax, Math.min(64 * MIB, heapBytes / 16)));
    }
}
