package dev.assent.tx.shards;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Nodes with the production's {@link Suspicion} and {@link Candidacy} over one store, on virtual time. Links among nodes
 * break pair by pair, nodes freeze, die, come back and leave; the store answers everybody. Each shard's transactions are
 * modelled by whether one is under way: who hands a busy shard over loses it.
 */
final class SimCluster {
    static final int SHARDS = 16;
    static final long TICK = 100;
    static final long SILENT = 1_000;
    static final long SESSION = 4_000;
    private static final long STEP = 10;

    private final Candidacy.Limits limits;
    private final long pauseCounted;
    private final SplittableRandom random;
    private final SortedMap<Integer, ShardBoard.Holding> store = new TreeMap<>();
    private final SortedMap<String, ShardBoard.Member> members = new TreeMap<>();
    private final SortedMap<String, Node> nodes = new TreeMap<>();
    private final Set<String> cut = new HashSet<>();
    /** The moves on suspicion. */
    final List<Robbery> robberies = new ArrayList<>();

    /** Planted: who finds that it was robbed goes on as somebody else, so that nobody knows it again. */
    boolean renames;

    /** All processes by their ids, the dead ones too. */
    private final Map<String, Node> born = new HashMap<>();

    final List<String> violations = new ArrayList<>();
    long now = 1_000_000;
    private int ids;

    /**
     * A shard was taken on suspicion.
     *
     * @param wasAlive whether the process it was taken from was there, frozen or not
     */
    record Robbery(long atMillis, int shard, Node from, boolean wasAlive) {}

    SimCluster(long seed, Candidacy.Limits limits, long pauseCounted) {
        this.limits = limits;
        this.pauseCounted = pauseCounted;
        random = new SplittableRandom(seed);
        for (int shard = 0; shard < SHARDS; shard++) {
            store.put(shard, new ShardBoard.Holding(0, "", ShardBoard.Cause.FREE));
        }
    }

    /** One process. */
    final class Node {
        final Suspicion suspicion = new Suspicion(new Suspicion.Limits(SILENT, pauseCounted));
        String id;
        Candidacy candidacy;
        boolean robbed;
        final SortedMap<Integer, Integer> led = new TreeMap<>();
        final Set<Integer> closing = new HashSet<>();
        final Set<Integer> busy = new HashSet<>();
        boolean frozen;
        boolean leaving;
        long sessionEnds;
        long nextTick;
        long nextLook;

        Node(String id) {
            this.id = id;
            candidacy = new Candidacy(id, limits);
        }

        private void run() {
            if (frozen) {
                return;
            }
            sessionEnds = now + SESSION;
            if (now >= nextTick) {
                nextTick = now + TICK;
                beat();
                suspicion.step(new PeerInput.Ticked(now));
            }
            if (now >= nextLook) {
                nextLook = now + 10 + random.nextInt(60);
                look();
            }
        }

        private void beat() {
            TreeSet<String> others = new TreeSet<>(members.keySet());
            others.remove(id);
            suspicion.step(new PeerInput.Known(others));
            for (String other : others) {
                Node peer = nodes.get(other);
                if (peer == null) {
                    suspicion.step(new PeerInput.LinkClosed(other));
                    suspicion.step(new PeerInput.Refused(other));
                } else if (!peer.frozen && !cut.contains(pair(id, other))) {
                    suspicion.step(new PeerInput.Heard(other));
                }
            }
        }

        private void look() {
            ShardBoard.Member me = new ShardBoard.Member(id, "here:1", 1, leaving);
            members.put(id, me);
            ShardBoard board = new ShardBoard(members, store);
            led.keySet().removeIf(shard -> !id.equals(holder(shard)) || led.getOrDefault(shard, -1) != version(shard));
            closing.retainAll(led.keySet());
            Hands hands = new Hands(this);
            candidacy.decide(board, suspicion.suspected(), leaving, now).forEach(step -> step.accept(hands));
            for (int shard : List.copyOf(closing)) {
                if (!busy.contains(shard)) {
                    handOver(shard);
                }
            }
        }

        private void handOver(int shard) {
            int version = version(shard);
            if (version == led.getOrDefault(shard, -1)) {
                store.put(shard, new ShardBoard.Holding(version + 1, "", ShardBoard.Cause.FREE));
            }
            led.remove(shard);
            closing.remove(shard);
        }

        /** Work begins and ends. */
        private void work() {
            for (int shard : led.keySet()) {
                if (busy.contains(shard)) {
                    if (random.nextInt(10) == 0) {
                        busy.remove(shard);
                    }
                } else if (!closing.contains(shard) && random.nextInt(5) == 0) {
                    busy.add(shard);
                }
            }
        }
    }

    /** The shell in miniature. */
    private final class Hands implements Step.Handler {
        private final Node node;

        Hands(Node node) {
            this.node = node;
        }

        @Override
        public void take(Step.Take step) {
            if (version(step.shard()) != step.seen()) {
                return;
            }
            Node before = nodes.get(holder(step.shard()));
            if (before != null && step.cause() == ShardBoard.Cause.FREE && before.sessionEnds > now) {
                violations.add("a shard of " + before.id + " was taken as free at " + now);
            }
            if (step.cause() == ShardBoard.Cause.SUSPICION) {
                Node from = born.getOrDefault(holder(step.shard()), node);
                boolean isAlive = nodes.containsValue(from);
                robberies.add(new Robbery(now, step.shard(), from, isAlive));
                from.robbed = isAlive;
            }
            store.put(step.shard(), new ShardBoard.Holding(step.seen() + 1, node.id, step.cause()));
            node.led.put(step.shard(), step.seen() + 1);
            node.busy.remove(step.shard());
        }

        @Override
        public void close(Step.Close step) {
            node.closing.add(step.shard());
        }

        @Override
        public void open(Step.Open step) {
            node.closing.remove(step.shard());
        }

        @Override
        public void forget(Step.Forget step) {
            members.remove(step.member());
        }
    }

    private String holder(int shard) {
        return holding(shard).holder();
    }

    private int version(int shard) {
        return holding(shard).version();
    }

    private ShardBoard.Holding holding(int shard) {
        return store.getOrDefault(shard, new ShardBoard.Holding(0, "", ShardBoard.Cause.FREE));
    }

    private static String pair(String one, String other) {
        return one.compareTo(other) < 0 ? one + other : other + one;
    }

    Node start() {
        Node node = new Node("n" + (100 + ids++));
        nodes.put(node.id, node);
        born.put(node.id, node);
        return node;
    }

    void kill(Node node) {
        nodes.remove(node.id);
    }

    void cut(Node one, Node other) {
        cut.add(pair(one.id, other.id));
    }

    void heal() {
        cut.clear();
        nodes.values().forEach(node -> node.frozen = false);
    }

    List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    SplittableRandom random() {
        return random;
    }

    void pass(long millis) {
        for (long end = now + millis; now < end; now += STEP) {
            nodes.values().forEach(Node::run);
            if (renames) {
                nodes().stream().filter(node -> node.robbed && !node.frozen).forEach(this::rename);
            }
            nodes.values().forEach(node -> {
                if (!node.frozen) {
                    node.work();
                }
            });
            members.keySet().removeIf(id -> {
                Node node = nodes.get(id);
                return node == null ? diedLongAgo(id) : node.sessionEnds < now;
            });
        }
    }

    private void rename(Node node) {
        nodes.remove(node.id);
        node.id = "n" + (100 + ids++);
        node.candidacy = new Candidacy(node.id, limits);
        node.robbed = false;
        nodes.put(node.id, node);
        born.put(node.id, node);
    }

    private final Map<String, Long> sessions = new HashMap<>();

    /** A dead process's session ends by the store's clock. */
    private boolean diedLongAgo(String id) {
        return now - sessions.computeIfAbsent(id, dead -> now) >= SESSION;
    }

    /** How many of the shards live nodes lead, in the store's eyes. */
    long led() {
        return store.values().stream()
                .filter(holding -> {
                    Node holder = nodes.get(holding.holder());
                    return holder != null && !holder.frozen;
                })
                .count();
    }

    long heldBy(Node node) {
        return store.values().stream()
                .filter(holding -> holding.holder().equals(node.id))
                .count();
    }

    SortedMap<Integer, ShardBoard.Holding> holdings() {
        return new TreeMap<>(store);
    }

    /** The most moves of one shard away from live nodes in any window of that length. */
    long movesFromTheLiving(long windowMillis) {
        Map<Integer, List<Robbery>> byShard =
                robberies.stream().filter(Robbery::wasAlive).collect(Collectors.groupingBy(Robbery::shard));
        return byShard.values().stream()
                .flatMapToLong(moves -> moves.stream().mapToLong(first -> moves.stream()
                        .map(Robbery::atMillis)
                        .filter(at -> at >= first.atMillis() && at < first.atMillis() + windowMillis)
                        .count()))
                .max()
                .orElse(0);
    }

    /** How often one shard was taken from one dead node, at most. */
    long movesFromOneOfTheDead() {
        return robberies.stream()
                .filter(move -> !move.wasAlive())
                .collect(Collectors.groupingBy(move -> Map.entry(move.shard(), move.from()), Collectors.counting()))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }
}
