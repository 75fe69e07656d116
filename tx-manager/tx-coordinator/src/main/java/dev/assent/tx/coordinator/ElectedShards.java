package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochRef;
import dev.assent.tx.shards.Candidacy;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.shards.Step;
import dev.assent.tx.spi.ShardTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that this node leads: carries out what its {@link Candidacy} decides. Opening a shard's next epoch fences the
 * leader before; only then does this node begin transactions under it. Thread-safe.
 *
 * <p>Two nodes may believe they lead for a moment: the older one's COMMITs fail their epoch check. The session with the
 * store says who is there and not who leads: an epoch outlives it, unless another node has opened the next.
 */
final class ElectedShards implements HeldEpochs {
    private static final Logger LOG = LoggerFactory.getLogger(ElectedShards.class);
    private static final long LOOK_MILLIS = 1_000;
    /** While something is not as it should be: a shard without a holder, or one that is being handed over. */
    private static final long SOON_MILLIS = 50;

    private final TransactionEngine.EpochSource.Context around;
    private final ShardTable table;
    private final ShardCandidate candidate;
    private final String id;
    private final Candidacy candidacy;
    private final Runnable listener;
    private final Object election = new Object();
    private final AtomicBoolean asked = new AtomicBoolean();
    // Guarded by election.
    private @Nullable ShardBoard seen;
    private boolean away;
    // Guarded by this.
    private final SortedMap<Integer, EpochRef> led = new TreeMap<>();
    private final Set<Integer> closing = new HashSet<>();
    private @Nullable String address;
    private int turn;
    private boolean leaving;
    private boolean left;
    private boolean resigned;

    ElectedShards(TransactionEngine.EpochSource.Context around, ShardCandidate candidate, Runnable listener)
            throws IOException {
        this.around = around;
        this.table = around.store().shards();
        this.candidate = candidate;
        this.listener = listener;
        id = candidate.id();
        candidacy = new Candidacy(id, Candidacy.Limits.DEFAULT);
        int shards = table.agree(candidate.shards(), ShardCandidate.SHARDS_STANDARD);
        LOG.info("{} stands for {} shards", candidate.name(), shards);
        table.onChange(this::standSoon);
        candidate.peers().onChange(this::standSoon);
        var unused = candidate.address().thenAccept(this::begin);
    }

    private void begin(String known) {
        synchronized (this) {
            address = known;
        }
        around.workers().every(LOOK_MILLIS, this::standSoon);
        standSoon();
    }

    private void standSoon() {
        if (asked.compareAndSet(false, true) && !around.workers().epochs().execute(this::stand)) {
            asked.set(false);
        }
    }

    /** One election at a time, so that listeners see the changes in order. */
    private void stand() {
        asked.set(false);
        synchronized (election) {
            Optional<ShardBoard.Member> me = self();
            if (me.isEmpty()) {
                return;
            }
            try {
                round(me.get());
                away = false;
            } catch (IOException failed) {
                if (!away) {
                    LOG.warn("the store is away, so no shard can change hands: {}", failed.getMessage());
                }
                away = true;
            }
            if (away || !candidacy.isSettled() || isHandingOver()) {
                Runnable unused = around.workers().later(SOON_MILLIS, this::standSoon);
            }
        }
    }

    /** Empty when this node does not stand, or not yet. */
    private synchronized Optional<ShardBoard.Member> self() {
        return resigned || address == null
                ? Optional.empty()
                : Optional.of(new ShardBoard.Member(candidate.name(), address, candidate.weight(), leaving));
    }

    private void round(ShardBoard.Member me) throws IOException {
        long begunNanos = around.clock().nanos();
        ShardBoard board = table.read();
        if (!me.equals(board.members().get(id))) {
            table.show(id, me);
            board = table.read();
        }
        boolean moved = seen != null && !seen.shards().equals(board.shards());
        seen = board;
        attend(board);
        boolean changed = reconcile(board);
        long lookedNanos = around.clock().nanos();
        Round round = new Round();
        candidacy
                .decide(
                        board,
                        candidate.peers().suspected(),
                        me.leaving(),
                        TimeUnit.NANOSECONDS.toMillis(around.clock().nanos()))
                .forEach(step -> step.accept(round));
        List<EpochRef> taken = take(round.takes);
        long takenNanos = around.clock().nanos();
        changed |= !taken.isEmpty() || round.changed;
        if (changed) {
            listener.run();
        }
        if (!taken.isEmpty()) {
            LOG.info(
                    "{} leads {}: looked for {} ms, opened them in {} ms, told that in {} ms",
                    candidate.name(),
                    taken,
                    TimeUnit.NANOSECONDS.toMillis(lookedNanos - begunNanos),
                    TimeUnit.NANOSECONDS.toMillis(takenNanos - lookedNanos),
                    TimeUnit.NANOSECONDS.toMillis(around.clock().nanos() - takenNanos));
        }
        if (changed || moved) {
            around.recover().run();
        }
        if (handOverIdle()) {
            listener.run();
        }
        for (String dead : round.dead) {
            table.forget(dead);
        }
        goIfDone();
    }

    private void attend(ShardBoard board) {
        SortedMap<String, String> addresses = new TreeMap<>();
        board.members().forEach((member, described) -> {
            if (!member.equals(id)) {
                addresses.put(member, described.address());
            }
        });
        candidate.peers().attendTo(addresses);
    }

    /** What another has opened since is over; what this node has opened, answered or not, it leads. */
    private synchronized boolean reconcile(ShardBoard board) {
        boolean changed = false;
        for (var shard : board.shards().entrySet()) {
            ShardBoard.Holding holding = shard.getValue();
            EpochRef mine = led.get(shard.getKey());
            if (holding.holder().equals(id)) {
                EpochRef epoch = Epochs.ofShard(shard.getKey(), holding.version());
                changed |= !epoch.equals(led.put(shard.getKey(), epoch));
            } else if (mine != null && holding.version() > mine.version()) {
                LOG.warn(
                        "{} does not lead shard {} any more: another node has fenced epoch {}",
                        candidate.name(),
                        shard.getKey(),
                        mine.version());
                remove(mine);
                changed = true;
            }
        }
        return changed;
    }

    private synchronized boolean remove(EpochRef epoch) {
        if (!led.remove(epoch.key().shard(), epoch)) {
            return false;
        }
        closing.remove(epoch.key().shard());
        notifyAll();
        return true;
    }

    private List<EpochRef> take(List<Step.Take> wanted) throws IOException {
        if (wanted.isEmpty()) {
            return List.of();
        }
        List<EpochRef> taken = table.take(wanted, id, candidate.name());
        synchronized (this) {
            if (resigned) {
                return List.of(); // they are released with the session, or by who takes them next
            }
            taken.forEach(epoch -> led.put(epoch.key().shard(), epoch));
        }
        return taken;
    }

    /** Ends the epochs under which nothing is under way any more, so that others can open the next. */
    private boolean handOverIdle() throws IOException {
        List<EpochRef> idle = new ArrayList<>();
        synchronized (this) {
            closing.forEach(shard -> {
                EpochRef epoch = led.get(shard);
                if (epoch != null && !around.busy().test(epoch)) {
                    idle.add(epoch);
                }
            });
        }
        if (idle.isEmpty()) {
            return false;
        }
        table.release(idle);
        idle.forEach(this::remove);
        return true;
    }

    private synchronized boolean isHandingOver() {
        return !closing.isEmpty();
    }

    /** What is decided in one look at the store. */
    private final class Round implements Step.Handler {
        private final List<Step.Take> takes = new ArrayList<>();
        private final List<String> dead = new ArrayList<>();
        private boolean changed;

        @Override
        public void take(Step.Take step) {
            takes.add(step);
        }

        @Override
        public void close(Step.Close step) {
            synchronized (ElectedShards.this) {
                changed |= led.containsKey(step.shard()) && closing.add(step.shard());
            }
        }

        @Override
        public void open(Step.Open step) {
            synchronized (ElectedShards.this) {
                changed |= closing.remove(step.shard());
            }
        }

        @Override
        public void forget(Step.Forget step) {
            dead.add(step.member());
        }
    }

    @Override
    public synchronized Optional<EpochRef> current() {
        List<EpochRef> choice = new ArrayList<>();
        led.forEach((shard, epoch) -> {
            if (!closing.contains(shard)) {
                choice.add(epoch);
            }
        });
        return choice.isEmpty() ? Optional.empty() : Optional.of(choice.get(Math.floorMod(turn++, choice.size())));
    }

    @Override
    public synchronized boolean isOpen(EpochRef epoch) {
        return epoch.equals(led.get(epoch.key().shard()))
                && !closing.contains(epoch.key().shard());
    }

    @Override
    public synchronized List<EpochRef> all() {
        return new ArrayList<>(led.values());
    }

    /** It is there again with the next session; its epochs are not over by that. */
    @Override
    public void sessionLost() {
        standSoon();
    }

    @Override
    public void over(EpochRef epoch) {
        if (remove(epoch) && around.workers().epochs().execute(listener)) {
            standSoon();
        }
    }

    @Override
    public void leave() {
        synchronized (this) {
            if (leaving) {
                return;
            }
            leaving = true;
            closing.addAll(led.keySet());
        }
        if (around.workers().epochs().execute(listener)) {
            standSoon();
        }
    }

    @Override
    public synchronized boolean awaitLeft(Duration patience) throws InterruptedException {
        long endNanos = around.clock().nanos() + patience.toNanos();
        while (!left) {
            long leftMillis =
                    TimeUnit.NANOSECONDS.toMillis(endNanos - around.clock().nanos());
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    /** Who has nothing any more goes, before its listener closes: nobody is to take it for dead. */
    private void goIfDone() throws IOException {
        synchronized (this) {
            if (!leaving || !led.isEmpty()) {
                return;
            }
        }
        table.hide(id);
        synchronized (this) {
            resigned = true;
            left = true;
            notifyAll();
        }
    }

    @Override
    public void resign(boolean idle) throws IOException {
        List<EpochRef> held;
        synchronized (this) {
            resigned = true;
            held = all();
            led.clear();
            notifyAll();
        }
        boolean unused = around.workers().epochs().execute(listener);
        table.release(held);
        table.hide(id);
    }
}
