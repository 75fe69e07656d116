package dev.assent.tx.sim.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.sim.threephase.SimProcess.Nature;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * One transaction and everybody around it. Agents come first, a branch each; then nodes, the first of which coordinates.
 * Nothing happens by itself: whoever has the world says what happens next.
 */
final class World {
    /** What a run came to, so that one that reaches nothing interesting is noticed. */
    enum Reached {
        TOLD_COMMITTED,
        TOLD_ROLLED_BACK,
        TOLD_UNKNOWN,
        COORDINATOR_DIED,
        STORE_DIED,
        PARTITIONED,
        MESSAGE_LOST,
        MESSAGE_REPEATED,
        FORGOTTEN,
        ASKED_AFTER_FORGETTING,
        COMMITTED_WITHOUT_COORDINATOR,
        ABORTED_BY_THE_REGISTER,
        A_MINORITY_WAITED
    }

    private final PaxosFlaw flaw;
    private final SimNet net;
    private final Truth truth;
    private final ThreePhaseTrace trace = new ThreePhaseTrace();
    private final AcceptorSet acceptors;
    private final List<SimProcess> processes = new ArrayList<>();
    private final int agents;
    private final SimCoordinator coordinator;
    private final Map<Reached, Integer> reached = new EnumMap<>(Reached.class);
    private long names;

    /** Agents of these natures, and so many nodes that the acceptors are an odd number. */
    World(PaxosFlaw flaw, List<Nature> natures, int nodes, boolean strict) {
        this.flaw = flaw;
        agents = natures.size();
        int count = agents + nodes;
        net = new SimNet(count);
        List<AcceptorId> ids = new ArrayList<>();
        Set<Integer> refusers = new LinkedHashSet<>();
        for (int at = 0; at < count; at++) {
            ids.add(new AcceptorId(new UUID(0xACCE, at)));
            if (at < agents && natures.get(at) == Nature.REFUSER) {
                refusers.add(at);
            }
        }
        acceptors = new AcceptorSet(ids);
        truth = new Truth(count, agents, refusers, strict, trace);
        for (int at = 0; at < count; at++) {
            Optional<Nature> branch = at < agents ? Optional.of(natures.get(at)) : Optional.empty();
            SimAcceptor acceptor = new SimAcceptor(flaw, at, ids.get(at), net, truth, trace);
            processes.add(new SimProcess(this, at, branch, acceptor, newName()));
        }
        coordinator = new SimCoordinator(this, agents, agents, newName());
    }

    private ProposerId newName() {
        // Scattered, so that no life of a process is always above or below another's.
        long scattered = ++names * 0x9E3779B97F4A7C15L;
        return new ProposerId(new UUID(scattered, names));
    }

    PaxosFlaw flaw() {
        return flaw;
    }

    SimNet net() {
        return net;
    }

    Truth truth() {
        return truth;
    }

    ThreePhaseTrace trace() {
        return trace;
    }

    AcceptorSet acceptors() {
        return acceptors;
    }

    Set<AcceptorId> acceptors(List<Integer> places) {
        Set<AcceptorId> there = new LinkedHashSet<>();
        places.forEach(at -> there.add(acceptors.members().get(at)));
        return there;
    }

    SimProcess process(int at) {
        return processes.get(at);
    }

    int size() {
        return processes.size();
    }

    int agents() {
        return agents;
    }

    SimCoordinator coordinator() {
        return coordinator;
    }

    void reach(Reached what) {
        reached.merge(what, 1, Integer::sum);
    }

    Map<Reached, Integer> reached() {
        return reached;
    }

    /** Over the network, in both directions. */
    void ask(int from, ProposerCommand.AskAcceptor command, BiConsumer<AcceptorId, AcceptorReply> heard) {
        int to = acceptors.members().indexOf(command.to());
        int life = net.life(from);
        trace.asked(command.request());
        net.message(
                from,
                to,
                command.request().toString(),
                () -> process(to)
                        .acceptor()
                        .asked(
                                command.request(),
                                reply -> net.message(
                                        to,
                                        from,
                                        reply.toString(),
                                        () -> {
                                            if (net.life(from) == life) {
                                                heard.accept(command.to(), reply);
                                            }
                                        },
                                        SimEvent.NOTHING)),
                SimEvent.NOTHING);
    }

    /** Whatever they answer. */
    void askAll(int from, AcceptorRequest request) {
        acceptors
                .members()
                .forEach(to -> ask(from, new ProposerCommand.AskAcceptor(to, request), (acceptor, reply) -> {}));
    }

    void forget(int from) {
        askAll(from, new AcceptorRequest.Forget());
    }

    void tellOthers(int from, Decision chosen) {
        for (int other = 0; other < agents; other++) {
            int to = other;
            if (to != from) {
                net.message(from, to, "learn " + chosen, () -> process(to).told(chosen), SimEvent.NOTHING);
            }
        }
        net.message(from, agents, "learn " + chosen, () -> coordinator.told(chosen), SimEvent.NOTHING);
        boolean isCommit = chosen == Decision.COMMIT;
        if (!isCommit) {
            reach(Reached.ABORTED_BY_THE_REGISTER);
        } else if (!coordinator.isAlive()) {
            reach(Reached.COMMITTED_WITHOUT_COORDINATOR);
        }
    }

    /** Those that {@code from} reaches now, an odd number of them. */
    AcceptorSet reachable(int from, AcceptorSet of) {
        List<AcceptorId> there = new ArrayList<>(of.members().stream()
                .filter(each -> net.reaches(from, of.members().indexOf(each)))
                .toList());
        if (there.size() % 2 == 0) {
            there.remove(there.size() - 1);
        }
        return new AcceptorSet(there);
    }

    void crash(int at) {
        if (!net.isAlive(at)) {
            return;
        }
        if (at == agents && coordinator.isAlive() && !coordinator.isFinished()) {
            reach(Reached.COORDINATOR_DIED);
        }
        net.crash(at);
        process(at).crash();
    }

    void revive(int at) {
        if (net.isAlive(at)) {
            return;
        }
        net.revive(at);
        process(at).restart(newName());
        if (at == agents && flaw == PaxosFlaw.USES_BALLOT_ZERO_AGAIN) {
            askAll(at, new AcceptorRequest.Accept(Ballot.first(coordinator.self()), Decision.ABORT));
        }
    }

    boolean hasEnded(int agent) {
        return switch (truth.branch(agent)) {
            case WORKING, PREPARED -> false;
            case READ_ONLY, COMMITTED, ROLLED_BACK -> true;
        };
    }
}
