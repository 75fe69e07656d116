package dev.assent.tx.shards;

import dev.assent.spread.StickySpread;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one node does about the shards: it takes those that nobody holds and that are its by the {@link StickySpread}, those of
 * a node that seems dead to it as well, and hands over what others should have. One thread at a time.
 *
 * <ul>
 *   <li>A shard is never taken from a node that seems alive: that one hands it over.
 *   <li>On suspicion alone a shard moves away from live nodes at most {@code movesMax} times within {@code windowMillis},
 *       whoever moved it; then only the end of its holder's session frees it. So two nodes that cannot hear each other come
 *       to rest. Moves away from the dead do not count ({@link Moves}): however many die in a row, each is taken over from.
 *   <li>What is free for {@code stragglerMillis}, or held by a suspected node for {@code suspectedMillis}, is taken by any
 *       node, not only by the one that should. The second is shorter, as callers wait, and the one that should may be too
 *       new to suspect anybody; of the first nothing is under way, and a node that comes back needs a while for it.
 *   <li>What a suspected member left in the store is removed once, after it holds nothing: a hint for those who do not
 *       suspect it themselves. Alive after all, it comes back.
 * </ul>
 */
public final class Candidacy {
    private final String self;
    private final Limits limits;
    private final SortedMap<Integer, Watched> watched = new TreeMap<>();
    private final SortedSet<String> forgotten = new TreeSet<>();
    private final SortedSet<String> suspectedBefore = new TreeSet<>();

    /**
     * How patient it is.
     *
     * @param stragglerMillis how long another may take for what is free and it should take
     * @param suspectedMillis the same, for what a suspected node holds
     * @param movesMax moves of one shard on suspicion of nodes that turned out to be alive
     * @param windowMillis in which these are counted, by this node's clock
     */
    public record Limits(long stragglerMillis, long suspectedMillis, int movesMax, long windowMillis) {
        public static final Limits DEFAULT = new Limits(1_000, 100, 10, 60_000);

        public Limits {
            if (stragglerMillis < 0 || suspectedMillis < 0 || movesMax < 1 || windowMillis < 1) {
                throw new IllegalArgumentException("the limits of a candidacy are positive");
            }
        }
    }

    /** What is remembered of one shard. */
    private static final class Watched {
        private int version = -1;
        private String holder = "";
        private final Moves moves;
        private boolean ownerless;
        private long ownerlessSinceMillis;

        Watched(Limits limits) {
            moves = new Moves(limits.movesMax(), limits.windowMillis());
        }
    }

    /** {@code self} is this node's id among the members. */
    public Candidacy(String self, Limits limits) {
        this.self = self;
        this.limits = limits;
    }

    /**
     * What to do now; the same again does no harm.
     *
     * @param board as new as it can be had
     * @param suspected who seems dead to this node
     * @param leaving whether this node wants none
     */
    public List<Step> decide(ShardBoard board, SortedSet<String> suspected, boolean leaving, long nowMillis) {
        forgotten.retainAll(suspected);
        board.shards().forEach((shard, holding) -> note(about(shard), holding, nowMillis));
        noteHeardAgain(board, suspected);
        SortedMap<String, Integer> weights = new TreeMap<>();
        board.members().forEach((id, member) -> {
            if (!suspected.contains(id) && !member.leaving() && !(leaving && id.equals(self))) {
                weights.put(id, member.weight());
            }
        });
        SortedMap<Integer, String> holders = new TreeMap<>();
        board.shards().forEach((shard, holding) -> holders.put(shard, holding.holder()));
        SortedMap<Integer, String> targets = StickySpread.targets(weights, holders);

        List<Step> steps = new ArrayList<>();
        board.shards().forEach((shard, holding) -> {
            Watched about = about(shard);
            boolean mine = self.equals(targets.get(shard));
            if (holding.holder().equals(self)) {
                about.ownerless = false;
                steps.add(mine || (weights.isEmpty() && !leaving) ? new Step.Open(shard) : new Step.Close(shard));
            } else if (weights.containsKey(self)) {
                takeIfOwnerless(board, suspected, nowMillis, steps, shard, mine);
            }
        });
        forgetDead(board, suspected, steps);
        return steps;
    }

    /** Whether every shard had a holder that could hold it, when it was last decided. */
    public boolean isSettled() {
        return watched.values().stream().noneMatch(shard -> shard.ownerless);
    }

    private void takeIfOwnerless(
            ShardBoard board, SortedSet<String> suspected, long nowMillis, List<Step> steps, int shard, boolean mine) {
        ShardBoard.Holding holding = board.shards().getOrDefault(shard, NOBODY);
        Watched about = about(shard);
        boolean free = !board.members().containsKey(holding.holder());
        boolean dead =
                !free && suspected.contains(holding.holder()) && about.moves.mayMoveFrom(holding.holder(), nowMillis);
        if (!free && !dead) {
            about.ownerless = false;
            return;
        }
        if (!about.ownerless) {
            about.ownerless = true;
            about.ownerlessSinceMillis = nowMillis;
        }
        long othersMillis = free ? limits.stragglerMillis() : limits.suspectedMillis();
        if (mine || nowMillis - about.ownerlessSinceMillis >= othersMillis) {
            steps.add(
                    new Step.Take(shard, holding.version(), free ? ShardBoard.Cause.FREE : ShardBoard.Cause.SUSPICION));
        }
    }

    private static final ShardBoard.Holding NOBODY = new ShardBoard.Holding(0, "", ShardBoard.Cause.FREE);

    private Watched about(int shard) {
        return watched.computeIfAbsent(shard, unknown -> new Watched(limits));
    }

    /**
     * Each change that is seen is noted, this node's own as well. Of several between two looks the last is known, and not
     * whom it was taken from: that one counts, as if it had been alive. Whoever is robbed itself knows that it is.
     */
    private void note(Watched about, ShardBoard.Holding holding, long nowMillis) {
        if (about.version >= 0 && holding.version() > about.version) {
            about.ownerless = false;
            about.moves.isAlive(holding.holder());
            if (holding.cause() == ShardBoard.Cause.SUSPICION) {
                about.moves.robbed(about.holder, nowMillis);
                if (holding.version() > about.version + 1 || about.holder.equals(self)) {
                    about.moves.isAlive(about.holder);
                }
            }
        }
        if (holding.version() > about.version) {
            about.version = holding.version();
            about.holder = holding.holder();
        }
    }

    /** Whoever is not suspected any more has been heard, unless it is gone. */
    private void noteHeardAgain(ShardBoard board, SortedSet<String> suspected) {
        for (String node : suspectedBefore) {
            if (!suspected.contains(node) && board.members().containsKey(node)) {
                watched.values().forEach(shard -> shard.moves.isAlive(node));
            }
        }
        suspectedBefore.clear();
        suspectedBefore.addAll(suspected);
    }

    private void forgetDead(ShardBoard board, SortedSet<String> suspected, List<Step> steps) {
        for (String member : suspected) {
            boolean holds = board.shards().values().stream()
                    .anyMatch(holding -> holding.holder().equals(member));
            if (board.members().containsKey(member) && !holds && forgotten.add(member)) {
                steps.add(new Step.Forget(member));
            }
        }
    }
}
