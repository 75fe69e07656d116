package dev.assent.coordination.sim;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Quorum;
import dev.assent.coordination.zab.Delivery;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Role;
import dev.assent.coordination.zab.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What ZAB promises, checked after every event on all servers together, by looking at their disks rather than at what
 * they say. The truth is one sequence: a transaction enters it when the first server delivers it.
 */
final class Properties {
    private final Quorum quorum;
    private final Coverage coverage;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<Zxid> order = new ArrayList<>();
    private final List<Payload> txns = new ArrayList<>();
    private final List<Long> hashes = new ArrayList<>();
    private final TreeMap<Integer, String> leaders = new TreeMap<>();
    private final TreeMap<Long, Primary> proposed = new TreeMap<>();
    private final TreeSet<Long> deliveredIds = new TreeSet<>();
    private final TreeSet<String> promises = new TreeSet<>();
    /** Server and epoch: its disk names the epoch, and does not hold that epoch's history any more. */
    private final TreeSet<String> givenUp = new TreeSet<>();

    private final TreeMap<Epoch, Zxid> initialHistories = new TreeMap<>();
    private long fingerprint = 17;
    private long steps;

    /** One leader from being served to its next role; its transactions have ascending ids. */
    static final class Primary {
        private long lastDeliveredId = -1;
    }

    Properties(Quorum quorum, Coverage coverage) {
        this.quorum = quorum;
        this.coverage = coverage;
    }

    void attach(List<SimNode> all) {
        nodes.addAll(all);
    }

    int deliveredCount() {
        return order.size();
    }

    boolean isDelivered(long id) {
        return deliveredIds.contains(id);
    }

    /** A hash of everything that happened so far; two runs of one seed must have the same. */
    long fingerprint() {
        return fingerprint;
    }

    private void mix(long value) {
        fingerprint = (fingerprint ^ value) * 0x9E3779B97F4A7C15L;
        fingerprint ^= fingerprint >>> 29;
    }

    /** Ids ascend over the run, so within a primary as well. */
    void proposed(long id, Primary primary) {
        proposed.put(id, primary);
    }

    // After every step

    void stepped(SimNode node, Input input, Turn turn) {
        mix(node.index() * 31L + (input instanceof Input.Received received ? code(received.message()) : code(input)));
        mix(turn.writes().size() * 31L
                + turn.sends().size() * 7L
                + turn.deliveries().size());
        turn.sends().forEach(send -> mix(code(send.message())));
        steps++;
        if (steps % 16 == 0) {
            node.peer().invariants();
        }
    }

    /** Stable from one process to the next, which {@code hashCode} of an enum is not. */
    private static long code(Object event) {
        if (event instanceof PeerMessage.Propose propose) {
            return propose.previous().value() * 31 + propose.proposals().size();
        }
        if (event instanceof PeerMessage.Inform inform) {
            return inform.previous().value() * 31 + inform.proposals().size();
        }
        return event.toString().hashCode();
    }

    /** Nothing may be said that the disk does not yet know. */
    void sends(SimNode node, PeerMessage message) {
        SimDisk disk = node.disk();
        if (message instanceof PeerMessage.Ack ack) {
            Broken.check(disk.holds(ack.durable()), node + " acknowledged " + ack.durable() + " before it was durable");
        } else if (message instanceof PeerMessage.AckNewLeader ack) {
            Broken.check(disk.holds(ack.durable()), node + " acknowledged a history before it was durable");
            Broken.check(
                    !ack.epoch().isAfter(disk.current()), node + " acknowledged a leader before its epoch was durable");
        } else if (message instanceof PeerMessage.AckEpoch ack) {
            Broken.check(!ack.epoch().isAfter(disk.accepted()), node + " promised an epoch before it was durable");
            Broken.check(
                    !ack.counts() || promises.add(node.id() + " " + ack.epoch()),
                    node + " promised " + ack.epoch() + " for the second time as if it were the first");
        } else if (message instanceof PeerMessage.NewLeader leader) {
            initialHistories.putIfAbsent(leader.epoch(), leader.last());
        }
    }

    /**
     * An epoch on disk stands for the history that it started from: for ever if a leader was established in it. If none
     * was, a server that has promised itself to a later leader may give up what nobody delivered.
     */
    void diskChanged(SimNode node) {
        SimDisk disk = node.disk();
        Zxid initial = initialHistories.get(disk.current());
        if (initial == null || disk.holds(initial)) {
            return;
        }
        givenUp.add(node.id() + " " + disk.current());
        Broken.check(
                !leaders.containsKey(disk.current().value()) && disk.accepted().isAfter(disk.current()),
                node + " has epoch " + disk.current() + " on disk but not its initial history");
        for (int place = 0; place < order.size() && !order.get(place).isAfter(initial); place++) {
            Broken.check(
                    disk.holds(order.get(place)),
                    node + " has epoch " + disk.current() + " on disk but not its initial history: not even "
                            + order.get(place) + ", which was delivered");
        }
    }

    /** After all effects of a step are on their way. */
    void settled(SimNode node) {
        node.peer().establishedEpoch().ifPresent(epoch -> established(node, epoch));
    }

    private void established(SimNode node, Epoch epoch) {
        String leader = node.id() + "#" + node.life();
        String known = leaders.get(epoch.value());
        if (known != null) {
            Broken.check(known.equals(leader), "epoch " + epoch + " has two leaders: " + known + " and " + leader);
            return;
        }
        leaders.put(epoch.value(), leader);
        if (node.isServing()
                && !leaders.headMap(epoch.value(), false).isEmpty()
                && leader.equals(
                        leaders.headMap(epoch.value(), false).lastEntry().getValue())) {
            coverage.hit(Coverage.Point.EPOCH_ROLLED_OVER_WHILE_SERVING);
        }
        Broken.check(
                quorum.isReachedBy(
                        voter -> !epoch.isAfter(disk(voter).current()) && !givenUp.contains(voter + " " + epoch)),
                leader + " leads " + epoch + " without a quorum that has that epoch on disk");
        Broken.check(
                node.app().count() == order.size(),
                leader + " leads " + epoch + " with " + node.app().count() + " of " + order.size() + " transactions");
    }

    private SimDisk disk(ServerId id) {
        for (SimNode node : nodes) {
            if (node.id().equals(id)) {
                return node.disk();
            }
        }
        throw new IllegalArgumentException("no server " + id);
    }

    // Deliveries

    void delivered(SimNode node, Delivery.Committed committed) {
        int place = node.app().count() - 1;
        mix(committed.zxid().value());
        if (place < order.size()) {
            Broken.check(
                    order.get(place).equals(committed.zxid()) && txns.get(place).equals(committed.txn()),
                    "agreement: " + node + " delivered " + committed.zxid() + " at place " + place
                            + " where others have " + order.get(place));
            return;
        }
        Broken.check(place == order.size(), "total order: " + node + " skipped a transaction");
        firstDelivered(node, committed);
    }

    private void firstDelivered(SimNode node, Delivery.Committed committed) {
        Zxid zxid = committed.zxid();
        if (!order.isEmpty()) {
            Broken.check(zxid.isAfter(order.get(order.size() - 1)), "primary order: " + zxid + " came late");
        }
        Broken.check(
                quorum.isReachedBy(voter -> disk(voter).holds(zxid)),
                node + " delivered " + zxid + " which no quorum has on disk");
        long id = committed.txn().buffer().getLong();
        Primary primary = proposed.get(id);
        if (primary == null) {
            throw new Broken("integrity: transaction " + id + " was never proposed");
        }
        Broken.check(deliveredIds.add(id), "integrity: transaction " + id + " was delivered twice");
        Broken.check(id > primary.lastDeliveredId, "local primary order: transaction " + id + " came late");
        primary.lastDeliveredId = id;
        order.add(zxid);
        txns.add(committed.txn());
        long before = hashes.isEmpty() ? 0 : hashes.get(hashes.size() - 1);
        hashes.add(SimApp.mix(before, zxid, committed.txn()));
    }

    void installed(SimNode node) {
        int count = node.app().count();
        Broken.check(count <= order.size(), node + " installed a snapshot with transactions nobody delivered");
        Broken.check(
                count == 0 || hashes.get(count - 1) == node.app().hash(),
                node + " installed a snapshot that is not a state of the sequence");
    }

    void roleChanged(SimNode node, Delivery.RoleChanged changed) {
        if (changed.role() == Role.LEADING && changed.serving()) {
            Broken.check(
                    node.app().count() == order.size(),
                    node + " serves as leader with " + node.app().count() + " of " + order.size() + " transactions");
        }
    }

    /**
     * A leader sends the number of its deliveries; its learner must have as many when that arrives, and hears ever
     * greater ones as long as it follows.
     */
    void appReceived(SimNode node, int before, int leaderCount) {
        if (node.role() != Role.LEADING) {
            Broken.check(
                    node.app().count() >= leaderCount,
                    node + " heard of " + leaderCount + " deliveries but had only "
                            + node.app().count());
            Broken.check(leaderCount >= before, node + " heard of " + leaderCount + " deliveries after " + before);
        }
    }

    // At the end

    boolean isConverged() {
        return nodes.stream()
                .allMatch(node -> node.isServing()
                        && node.app().count() == order.size()
                        && node.disk().last().equals(node.peer().lastLogged())
                        && node.app().last().equals(node.disk().last()));
    }

    /** All servers have everything that was ever delivered, in memory and on disk. */
    void converged() {
        for (SimNode node : nodes) {
            Broken.check(
                    node.isServing(),
                    "liveness: " + node + " does not serve: " + node.peer().lastReason());
            Broken.check(
                    node.app().count() == order.size(),
                    "liveness: " + node + " has " + node.app().count() + " of " + order.size() + " transactions");
            Broken.check(
                    order.isEmpty()
                            || hashes.get(order.size() - 1) == node.app().hash(),
                    node + " ends with another state");
            Broken.check(
                    node.disk().last().equals(node.peer().lastLogged()),
                    node + " has " + node.disk().last() + " on disk and "
                            + node.peer().lastLogged() + " in memory");
            Broken.check(
                    order.isEmpty() || node.disk().last().equals(order.get(order.size() - 1)),
                    node + " has another last transaction on disk");
        }
    }
}
