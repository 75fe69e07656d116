package dev.assent.tx.shards;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How one shard moved on suspicion of late, as one node has seen it, and who turned out to have been alive.
 *
 * <p>A move away from a dead node needs no bound: it holds a shard once, a process draws its id anew, so it is robbed of it
 * once. A move away from a live one does: it comes back, and robs in its turn. Which of them it was shows later only. So
 * all moves are remembered, those from who came back count, and who has never come back is robbed once without a look at
 * the count. One thread at a time.
 */
final class Moves {
    private final int countedMax;
    private final long windowMillis;
    private final Deque<Move> moves = new ArrayDeque<>();
    private final SortedSet<String> alive = new TreeSet<>();

    private record Move(long atMillis, String from) {}

    /** At most {@code countedMax} away from the living within {@code windowMillis}. */
    Moves(int countedMax, long windowMillis) {
        this.countedMax = countedMax;
        this.windowMillis = windowMillis;
    }

    /** The shard was taken from that node. */
    void robbed(String from, long nowMillis) {
        forgetOld(nowMillis); // who only looks on never asks whether it may take it
        moves.addLast(new Move(nowMillis, from));
    }

    /** That node lives: it was heard again, or holds the shard again. Of others nothing is kept. */
    void isAlive(String node) {
        if (moves.stream().anyMatch(move -> move.from().equals(node))) {
            alive.add(node);
        }
    }

    /** Whether the shard may be taken from that node on suspicion now. */
    boolean mayMoveFrom(String holder, long nowMillis) {
        forgetOld(nowMillis);
        return !alive.contains(holder)
                || moves.stream().filter(move -> alive.contains(move.from())).count() < countedMax;
    }

    private void forgetOld(long nowMillis) {
        while (!moves.isEmpty() && nowMillis - moves.getFirst().atMillis() >= windowMillis) {
            moves.removeFirst();
        }
        alive.removeIf(node -> moves.stream().noneMatch(move -> move.from().equals(node)));
    }
}
