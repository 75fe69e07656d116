package dev.assent.tx.coordinator;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.commitpoint.CommitPoint;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.threephase.ThreePhaseCommit;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.protocol.twophase.TwoPhaseCommit;
import dev.assent.tx.recovery.OutcomeRule;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.DecisionLog;
import dev.assent.tx.spi.ThreePhaseParticipant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which protocol ends a transaction: its {@link dev.assent.tx.model.Authority} says so, and is asked here only. A new
 * protocol is a machine in a package of its own, its effects, and one line here. Thread-safe.
 */
final class Protocols {
    private final DecisionLog log;
    private final Consumer<EpochRef> epochOver;
    private final Backoff retries;
    private final BranchEffects.Context around;
    private final CommitPointEffects.Points points;
    private final Acceptors acceptors;

    Protocols(
            DecisionLog log,
            Consumer<EpochRef> epochOver,
            Backoff retries,
            BranchEffects.Context around,
            CommitPointEffects.Points points,
            Acceptors acceptors) {
        this.log = log;
        this.epochOver = epochOver;
        this.retries = retries;
        this.around = around;
        this.points = points;
        this.acceptors = acceptors;
    }

    /** Why no transaction of that authority may begin here; empty if it may. */
    Optional<String> objection(Authority authority) {
        return authority == Authority.PAXOS_3PC && acceptors.ofNodes().isEmpty()
                ? Optional.of("this coordinator node keeps no acceptor's log, so it begins no three-phase transaction:"
                        + " set acceptor.directory in its node.properties, and in those of the others")
                : Optional.empty();
    }

    /** A run of the transaction's protocol over these branches, which does not start by itself. */
    TransactionRun<?, ?> run(TransactionRun.Host host, GlobalTxId id, List<Branch> branches, TransactionNews news) {
        return switch (id.key().authority()) {
            case EMBEDDED_2PC -> twoPhase(host, id, branches, news, LoneBranch.ONE_PHASE);
            // Callers of a coordinator node may lose its answer and ask later; so its every commit leaves a record.
            case SHARD_2PC -> twoPhase(host, id, branches, news, LoneBranch.WITH_RECORD);
            case COMMIT_POINT -> commitPoint(host, id, branches, news);
            case PAXOS_3PC -> threePhase(host, id, branches, news);
        };
    }

    /** Whether that resource should decide a transaction that does not name it: not while its table cannot be tidied. */
    boolean mayDecideUnasked(ResourceName.Hash resource) {
        return points.released().hasPlace(resource);
    }

    private TransactionRun<?, ?> twoPhase(
            TransactionRun.Host host,
            GlobalTxId id,
            List<Branch> branches,
            TransactionNews news,
            LoneBranch loneBranch) {
        List<Branch> all = List.copyOf(branches);
        news.machine("TWO_PHASE", all, Map.of("loneBranch", loneBranch.name()));
        return new TransactionRun<>(
                host,
                id,
                new TwoPhaseCommit(all.size(), retries, loneBranch),
                news,
                run -> new TwoPhaseEffects(around, log, epochOver, id, all, run));
    }

    /** From here on the acceptors are fixed: the participants' processes, and nodes to make their number odd. */
    private TransactionRun<?, ?> threePhase(
            TransactionRun.Host host, GlobalTxId id, List<Branch> branches, TransactionNews news) {
        List<Branch> all = List.copyOf(branches);
        AcceptorAddresses addresses = AcceptorAddresses.among(
                all.stream()
                        .map(branch -> branch.participant().threePhase())
                        .flatMap(Optional::stream)
                        .map(ThreePhaseParticipant::acceptor)
                        .toList(),
                acceptors.ofNodes());
        ProposerId self = new ProposerId(UUID.randomUUID());
        String members = addresses.acceptors().members().stream()
                .map(AcceptorId::toString)
                .collect(Collectors.joining(","));
        news.machine("THREE_PHASE", all, Map.of("acceptors", members, "proposer", self.toString()));
        return new TransactionRun<>(
                host,
                id,
                new ThreePhaseCommit(all.size(), addresses.acceptors(), self, ThreePhaseEffects.ROUNDS),
                news,
                run -> new ThreePhaseEffects(
                        around, new ThreePhaseEffects.Registers(acceptors, addresses, log), id, all, run));
    }

    /** The first branch of the resource that the id names decides. */
    private TransactionRun<?, ?> commitPoint(
            TransactionRun.Host host, GlobalTxId id, List<Branch> branches, TransactionNews news) {
        List<Branch> all = List.copyOf(branches);
        OptionalInt point = IntStream.range(0, all.size())
                .filter(place -> id.commitPoint()
                        .equals(Optional.of(all.get(place).name().resource())))
                .findFirst();
        news.machine(
                "COMMIT_POINT",
                all,
                point.isPresent() ? Map.of("point", Integer.toString(point.getAsInt())) : Map.of());
        return new TransactionRun<>(
                host,
                id,
                new CommitPoint(all.size(), point, retries),
                news,
                run -> new CommitPointEffects(around, points, id, all, run));
    }

    /**
     * When a commit of the transaction would have left no record.
     *
     * @param notReadOnly whether it is known that it was not committed with nothing but read-only branches
     */
    static OutcomeRule.Unrecorded unrecorded(GlobalTxId id, boolean notReadOnly) {
        return switch (id.key().authority()) {
            case EMBEDDED_2PC -> OutcomeRule.Unrecorded.IF_ONE_PHASE;
            case SHARD_2PC -> notReadOnly ? OutcomeRule.Unrecorded.NEVER : OutcomeRule.Unrecorded.IF_READ_ONLY;
            case PAXOS_3PC, COMMIT_POINT ->
                throw new IllegalStateException("no decision of such as " + id + " is recorded in the store");
        };
    }
}
