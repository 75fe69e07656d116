package dev.assent.tx.replay;

import dev.assent.event.StepEvent;
import dev.assent.time.Backoff;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.CommitProtocol;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.commitpoint.CommitPoint;
import dev.assent.tx.protocol.commitpoint.CommitPointCommand;
import dev.assent.tx.protocol.commitpoint.CommitPointInput;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import dev.assent.tx.protocol.threephase.ThreePhaseCommand;
import dev.assent.tx.protocol.threephase.ThreePhaseCommit;
import dev.assent.tx.protocol.threephase.ThreePhaseInput;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.protocol.twophase.TwoPhaseCommand;
import dev.assent.tx.protocol.twophase.TwoPhaseCommit;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;

/** A production machine, given recorded inputs; whoever hears them, hears its commands too. */
final class ReplayedMachine<I extends TransactionInput.Handler, C extends TransactionCommand.Handler> {
    /** Pauses are the shell's: the recorded inputs say when they were over. */
    private static final Backoff PAUSES = new Backoff(1, 1);

    private final CommitProtocol<I, C> protocol;
    private final I inputs;
    private final C commands;
    private final List<Class<?>> families;

    private ReplayedMachine(CommitProtocol<I, C> protocol, I inputs, C commands, Class<?>... own) {
        this.protocol = protocol;
        this.inputs = inputs;
        this.commands = commands;
        this.families = Stream.concat(Stream.of(TransactionInput.class, BranchInput.class), Stream.of(own))
                .toList();
    }

    /**
     * The machine that ended the transaction.
     *
     * @throws IllegalArgumentException there is no such machine
     */
    static ReplayedMachine<?, ?> of(StepEvent.Started started, ReplayedEvents events) {
        int branches = started.branches().size();
        Map<String, String> made = started.settings();
        return switch (started.machine()) {
            case "TWO_PHASE" -> twoPhase(branches, made, events);
            case "COMMIT_POINT" -> commitPoint(branches, made, events);
            case "THREE_PHASE" -> threePhase(branches, made, events);
            default ->
                throw new IllegalArgumentException("there is no machine " + started.machine()
                        + " here; replay the recording with the Assent that wrote it");
        };
    }

    private static ReplayedMachine<?, ?> twoPhase(int branches, Map<String, String> made, ReplayedEvents events) {
        LoneBranch lone = LoneBranch.valueOf(made.getOrDefault("loneBranch", ""));
        return new ReplayedMachine<TwoPhaseInput.Handler, TwoPhaseCommand.Handler>(
                new TwoPhaseCommit(branches, PAUSES, lone), events, events.commands(), TwoPhaseInput.class);
    }

    private static ReplayedMachine<?, ?> commitPoint(int branches, Map<String, String> made, ReplayedEvents events) {
        String place = made.getOrDefault("point", "");
        OptionalInt point = place.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(place));
        return new ReplayedMachine<CommitPointInput.Handler, CommitPointCommand.Handler>(
                new CommitPoint(branches, point, PAUSES), events, events.commands(), CommitPointInput.class);
    }

    private static ReplayedMachine<?, ?> threePhase(int branches, Map<String, String> made, ReplayedEvents events) {
        AcceptorSet acceptors =
                new AcceptorSet(Stream.of(made.getOrDefault("acceptors", "").split(",", -1))
                        .map(id -> new AcceptorId(UUID.fromString(id)))
                        .toList());
        ProposerId self = new ProposerId(UUID.fromString(made.getOrDefault("proposer", "")));
        return new ReplayedMachine<ThreePhaseInput.Handler, ThreePhaseCommand.Handler>(
                new ThreePhaseCommit(branches, acceptors, self, PAUSES),
                events,
                events.commands(),
                ThreePhaseInput.class,
                ProposerInput.class);
    }

    /** Takes the input; answers with the machine's commands. */
    @SuppressWarnings("unchecked") // the families are those that the machine takes
    List<Record> step(Object form) {
        Message<? super I> input = (Message<? super I>) RecordReading.read(families, form);
        input.accept(inputs);
        List<Message<? super C>> wanted = protocol.step(input);
        wanted.forEach(command -> command.accept(commands));
        return wanted.stream().map(Record.class::cast).toList();
    }
}
