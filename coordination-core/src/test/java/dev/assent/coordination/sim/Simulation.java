package dev.assent.coordination.sim;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.zab.Role;
import dev.assent.coordination.zab.ZabConfig;
import dev.assent.invariants.Invariants;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** One run: faults for a while, then everything is healed and the ensemble has to make progress. */
final class Simulation {
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long RECOVERY_MILLIS = 12_000;
    private static final int FINAL_PROPOSALS = 20;

    private final long seed;
    private final Swarm swarm;
    private final Timeline timeline = new Timeline();
    private final Coverage coverage = new Coverage();
    private final List<SimNode> nodes = new ArrayList<>();
    private final SplittableRandom clientRandom;
    private final Properties properties;
    private final Nemesis nemesis;
    private long lastId;
    private boolean clientsStopped;

    /** What came of a run. */
    record Report(long seed, Swarm swarm, long events, int transactions, long fingerprint, Coverage coverage) {}

    /** A run that broke a property. */
    static final class Failed extends AssertionError {
        private static final long serialVersionUID = 1L;

        Failed(long seed, Swarm swarm, long atMicros, RuntimeException cause) {
            super(
                    "seed " + seed + " at " + atMicros + " us: " + cause.getMessage() + "\n  " + swarm
                            + "\n  replay: ./assent simulate --seeds 1 --seed " + seed,
                    cause);
        }
    }

    Simulation(long seed, PlantedBug bug) {
        this.seed = seed;
        SplittableRandom root = new SplittableRandom(seed);
        this.swarm = Swarm.of(root.split());
        this.clientRandom = root.split();
        List<ServerId> voters = new ArrayList<>();
        for (int i = 0; i < swarm.voters(); i++) {
            voters.add(new ServerId(i + 1));
        }
        List<ServerId> observers = swarm.observers() == 0 ? List.of() : List.of(new ServerId(swarm.voters() + 1));
        Majority quorum = new Majority(voters);
        this.properties = new Properties(quorum, coverage);
        SimNetwork network = new SimNetwork(timeline, root.split(), coverage, swarm.netMicros());
        World world = new World(timeline, network, properties, coverage, bug);
        List<ServerId> all = new ArrayList<>(voters);
        all.addAll(observers);
        for (ServerId id : all) {
            ZabConfig config = new ZabConfig(id, quorum, observers, timing(), limits());
            SimDisk disk = new SimDisk(timeline, root.split(), coverage, bug, swarm.diskMicros());
            nodes.add(new SimNode(nodes.size(), config, world, disk, root.split()));
        }
        network.attach(nodes);
        properties.attach(nodes);
        this.nemesis = new Nemesis(swarm, world, nodes, root.split());
    }

    private static ZabConfig.Timing timing() {
        return new ZabConfig.Timing(60, 60, 900, 500, 150);
    }

    private ZabConfig.Limits limits() {
        return new ZabConfig.Limits(swarm.historyEntries(), 1 << 20, 16, 200, 2, 10_000, swarm.counterMax());
    }

    /**
     * Runs to the end.
     *
     * @throws Failed if a property is broken
     */
    Report run() {
        try {
            return runChecked();
        } catch (Broken | Invariants.Violation e) {
            throw new Failed(seed, swarm, timeline.nowMicros(), e);
        }
    }

    private Report runChecked() {
        nodes.forEach(node -> timeline.after(clientRandom.nextInt(300_000), () -> {
            if (!node.isUp()) {
                node.start();
            }
        }));
        nemesis.start();
        client();
        runFor(swarm.faultMillis());
        nemesis.heal();
        runUntil(RECOVERY_MILLIS, () -> nodes.stream().allMatch(SimNode::isServing));
        runFor(200);
        clientsStopped = true;
        runUntil(RECOVERY_MILLIS, () -> properties.isDelivered(lastId) || !someoneLeads());
        SimNode leader = leader();
        for (int i = 0; i < FINAL_PROPOSALS; i++) {
            leader.propose(++lastId, 16);
        }
        runUntil(RECOVERY_MILLIS, () -> properties.isConverged() && properties.isDelivered(lastId));
        for (long id = lastId - FINAL_PROPOSALS + 1; id <= lastId; id++) {
            Broken.check(properties.isDelivered(id), "liveness: proposal " + id + " of a healthy ensemble got lost");
        }
        properties.converged();
        return new Report(
                seed, swarm, timeline.eventsPlanned(), properties.deliveredCount(), properties.fingerprint(), coverage);
    }

    private void runFor(long millis) {
        long end = timeline.nowMicros() + millis * MICROS_PER_MILLI;
        while (timeline.runNext(end)) {
            // Every event checks what it touches.
        }
    }

    /** Runs until {@code holds}, which is looked at now and then, or for {@code millis}. */
    private void runUntil(long millis, BooleanSupplier holds) {
        for (long waited = 0; waited < millis && !holds.getAsBoolean(); waited += 50) {
            runFor(50);
        }
    }

    private boolean someoneLeads() {
        return nodes.stream().anyMatch(node -> node.isServing() && node.role() == Role.LEADING);
    }

    private SimNode leader() {
        for (SimNode node : nodes) {
            if (node.isServing() && node.role() == Role.LEADING) {
                return node;
            }
        }
        throw new Broken("liveness: nobody leads " + RECOVERY_MILLIS + " ms after all faults ended");
    }

    /** Proposes wherever a leader serves, also where two believe so; now and then applications talk. */
    private void client() {
        if (clientsStopped) {
            return;
        }
        for (SimNode node : nodes) {
            if (node.isServing() && node.role() == Role.LEADING) {
                int burst = clientRandom.nextInt(20) == 0 ? 30 : 1;
                for (int i = 0; i < burst && node.isServing(); i++) {
                    node.propose(++lastId, 8 + clientRandom.nextInt(60));
                }
                node.reportTo(nodes.get(clientRandom.nextInt(nodes.size())).id());
            }
        }
        timeline.after(1 + clientRandom.nextInt(2 * swarm.proposalMicros()), this::client);
    }
}
