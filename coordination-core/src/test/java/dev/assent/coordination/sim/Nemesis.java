package dev.assent.coordination.sim;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Makes faults, at random times, of the kinds that the run enables, until it is told to stop. */
final class Nemesis {
    private final Swarm swarm;
    private final Timeline timeline;
    private final SimNetwork network;
    private final Coverage coverage;
    private final List<SimNode> nodes;
    private final SplittableRandom random;
    private boolean stopped;

    Nemesis(Swarm swarm, World world, List<SimNode> nodes, SplittableRandom random) {
        this.swarm = swarm;
        this.timeline = world.timeline();
        this.network = world.network();
        this.coverage = world.coverage();
        this.nodes = nodes;
        this.random = random;
    }

    void start() {
        repeat(swarm.crashes(), () -> crash(anyone(), 1_500));
        repeat(swarm.crashes() * 3, this::crashLeader);
        repeat(swarm.massCrashes(), this::crashAll);
        repeat(swarm.pauses(), this::pause);
        repeat(swarm.partitions(), this::partition);
        repeat(swarm.disconnects(), this::disconnect);
        repeat(swarm.slowDisks(), this::slowDisk);
        repeat(swarm.stalledDisks(), () -> stallDisk(anyone()));
        repeat(swarm.stalledDisks() * 2, this::stallLeadersDisk);
        repeat(swarm.delayedTicks(), () -> anyone().delayTick(1_000 * random.nextInt(30, 900)));
        repeat(swarm.localSnapshots(), () -> anyone().saveLocalSnapshot());
    }

    private void repeat(int meanMillis, Runnable fault) {
        if (meanMillis > 0) {
            timeline.after(1_000L + random.nextInt(2_000 * meanMillis), () -> {
                if (!stopped) {
                    fault.run();
                    repeat(meanMillis, fault);
                }
            });
        }
    }

    private SimNode anyone() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void crash(SimNode node, int downMillisMax) {
        if (node.isUp()) {
            node.crash();
            timeline.after(1_000L * random.nextInt(1, downMillisMax), () -> restart(node));
        }
    }

    private void restart(SimNode node) {
        if (!node.isUp()) {
            coverage.hit(Coverage.Point.RESTART);
            node.start();
        }
    }

    private void crashLeader() {
        leader().ifPresent(node -> crash(node, 1_500));
    }

    private Optional<SimNode> leader() {
        return nodes.stream()
                .filter(node -> node.isUp() && node.peer().isEstablishedLeader())
                .findFirst();
    }

    /** A while that may be longer than any patience. */
    private void stallDisk(SimNode node) {
        node.disk().stall();
        timeline.after(1_000L * random.nextInt(20, 2_500), node.disk()::goOn);
    }

    private void stallLeadersDisk() {
        leader().ifPresent(this::stallDisk);
    }

    private void crashAll() {
        coverage.hit(Coverage.Point.CRASH_OF_ALL);
        for (SimNode node : nodes) {
            crash(node, 300);
        }
    }

    private void pause() {
        SimNode node = anyone();
        node.pause();
        timeline.after(1_000L * random.nextInt(10, 1_500), node::resume);
    }

    private void partition() {
        boolean oneWay = random.nextInt(3) == 0;
        boolean breaks = random.nextInt(2) == 0;
        coverage.hit(oneWay ? Coverage.Point.ONE_WAY_PARTITION : Coverage.Point.PARTITION);
        int side = random.nextInt(1, 1 << nodes.size());
        for (SimNode from : nodes) {
            for (SimNode to : nodes) {
                if (isIn(side, from) && !isIn(side, to)) {
                    cut(from, to, oneWay, breaks);
                }
            }
        }
        timeline.after(1_000L * random.nextInt(50, 3_000), network::unblockAll);
    }

    private static boolean isIn(int side, SimNode node) {
        return (side >> node.index() & 1) == 1;
    }

    private void cut(SimNode from, SimNode to, boolean oneWay, boolean breaks) {
        network.block(from, to);
        if (!oneWay) {
            network.block(to, from);
        }
        if (breaks) {
            timeline.after(1_000L * random.nextInt(1, 600), () -> {
                if (network.isBlocked(from, to)) {
                    network.disconnect(from, to, 200_000);
                }
            });
        }
    }

    private void disconnect() {
        SimNode a = anyone();
        SimNode b = anyone();
        if (a != b) {
            network.disconnect(a, b, 100_000);
        }
    }

    private void slowDisk() {
        SimNode node = anyone();
        coverage.hit(Coverage.Point.SLOW_DISK);
        node.disk().slowDown(random.nextInt(5, 100));
        timeline.after(1_000L * random.nextInt(50, 1_500), () -> node.disk().slowDown(1));
    }

    /** No more faults, and the present ones end. */
    void heal() {
        stopped = true;
        network.unblockAll();
        for (SimNode node : nodes) {
            node.disk().slowDown(1);
            node.disk().goOn();
            node.resume();
            node.endTickDelay();
            restart(node);
        }
    }
}
