package dev.assent.tx.remote.agent;

import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.DoomReply;
import dev.assent.tx.remote.wire.DoomRequest;
import dev.assent.tx.remote.wire.EnlistReply;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.JoinReply;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.RollbackRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The calls to the coordinator, with what a lost answer means for each: begin may be tried on the next leader (an
 * unused transaction expires by itself); enlist fails and the work does not start; commit and rollback ask for the
 * outcome, and say "unknown" before they guess.
 */
final class CoordinatorCalls {
    private static final Duration ASK_PAUSE = Duration.ofMillis(100);

    /**
     * How long a caller waits for what the store cannot tell any more. Services that know it tell the coordinator when
     * they ask themselves, about once a second.
     */
    private static final Duration OTHERS_PATIENCE = Duration.ofSeconds(3);

    private final NodeDirectory directory;
    private final RemoteConfig config;
    private final ClockSkew skew;
    private final Predicate<GlobalTxId> notReadOnly;
    private final CallsUnderWay underWay = new CallsUnderWay();

    /**
     * Calls to the nodes of {@code directory}.
     *
     * @param notReadOnly what this process knows of a transaction; see {@code not_read_only} of the protocol
     */
    CoordinatorCalls(NodeDirectory directory, RemoteConfig config, ClockSkew skew, Predicate<GlobalTxId> notReadOnly) {
        this.skew = skew;
        this.directory = directory;
        this.config = config;
        this.notReadOnly = notReadOnly;
    }

    /** The nodes have said something new: who waits for one that was replaced is to look elsewhere. */
    void leaderChanged() {
        underWay.look();
    }

    /** A call about a transaction, which ends at once when its coordinator is replaced. */
    private <T> T call(GlobalTxId id, Supplier<T> call) {
        return underWay.run(() -> directory.isFenced(id), call);
    }

    /** How far the clock here is from the nodes'. */
    ClockSkew skew() {
        return skew;
    }

    GlobalTxId begin(Duration timeout) {
        long giveUpNanos = System.nanoTime() + config.callTimeout().toNanos();
        BeginRequest request =
                BeginRequest.newBuilder().setTimeoutMillis(timeout.toMillis()).build();
        String last = "no coordinator node leads a shard";
        while (System.nanoTime() < giveUpNanos && !directory.isClosed()) {
            long seen = directory.changes();
            Optional<NodeLink> leader = leader(() -> directory.awaitLeader(leftUntil(giveUpNanos)));
            if (leader.isEmpty()) {
                break;
            }
            NodeLink node = leader.get();
            try {
                return Wire.transaction(
                        underWay.run(() -> directory.isReplaced(node), () -> node.calls(leftUntil(giveUpNanos))
                                        .begin(request))
                                .getGtrid());
            } catch (StatusRuntimeException refused) {
                last = leader.get() + ": " + describe(refused);
                if (!mayTryElsewhere(refused)) {
                    throw new TransactionServiceException("could not begin a transaction: " + last, false, refused);
                }
                pause(seen);
            }
        }
        if (directory.isClosed()) {
            throw new TransactionServiceException("the transaction service is closed", false);
        }
        throw new TransactionServiceException(
                "could not begin a transaction within " + config.callTimeout().toMillis() + " ms: " + last
                        + ". Are the coordinator nodes " + config.targets() + " running?",
                true);
    }

    /** Lets the coordinator confirm that the transaction is under way; an id that it does not know is refused. */
    void join(GlobalTxId id, AgentId agent) {
        NodeLink leader = leaderOf(id)
                .orElseThrow(() -> new TransactionServiceException(
                        "no coordinator node leads the transaction's shard at the moment; try again", true));
        JoinRequest request = JoinRequest.newBuilder()
                .setGtrid(Wire.gtrid(id))
                .setAgentId(agent.bytes())
                .build();
        try {
            JoinReply unused = call(id, () -> leader.calls(config.callTimeout()).join(request));
        } catch (StatusRuntimeException refused) {
            throw new TransactionServiceException(
                    "the transaction cannot be joined: " + describe(refused), mayTryElsewhere(refused), refused);
        }
    }

    void enlist(GlobalTxId id, EnlistRequest request) {
        NodeLink leader = leaderOf(id)
                .orElseThrow(() -> new TransactionServiceException(
                        "no coordinator node leads the transaction's shard at the moment", true));
        try {
            EnlistReply unused =
                    call(id, () -> leader.calls(config.callTimeout()).enlist(request));
        } catch (StatusRuntimeException refused) {
            throw new TransactionServiceException(
                    "the branch was not enlisted, its work must not start: " + describe(refused), false, refused);
        }
    }

    /** Best effort: the local mark already makes this process's branches vote no. */
    void doom(GlobalTxId id, String cause) {
        Optional<NodeLink> leader = directory.any().flatMap(any -> leaderOf(id));
        leader.ifPresent(node -> {
            try {
                DoomReply unused = call(id, () -> node.calls(config.callTimeout())
                        .doom(DoomRequest.newBuilder()
                                .setGtrid(Wire.gtrid(id))
                                .setCause(cause)
                                .build()));
            } catch (StatusRuntimeException unreachable) {
                // The branches here vote no all the same, so the transaction cannot commit.
                return;
            }
        });
    }

    Outcome commit(GlobalTxId id, Duration timeout) {
        CommitRequest request =
                CommitRequest.newBuilder().setGtrid(Wire.gtrid(id)).build();
        return end(id, node -> node.calls(timeout).commit(request));
    }

    Outcome rollback(GlobalTxId id, String cause) {
        RollbackRequest request = RollbackRequest.newBuilder()
                .setGtrid(Wire.gtrid(id))
                .setCause(cause)
                .build();
        return end(id, node -> node.calls(config.callTimeout()).rollback(request));
    }

    private Outcome end(GlobalTxId id, Function<NodeLink, OutcomeReply> call) {
        Optional<NodeLink> leader = leaderOf(id);
        if (leader.isEmpty()) {
            return askUntilKnown(id, "no coordinator node leads the transaction's shard");
        }
        try {
            Outcome outcome = Wire.outcome(call(id, () -> call.apply(leader.get())));
            return outcome.isKnown() ? outcome : askUntilKnown(id, outcome.toString());
        } catch (StatusRuntimeException lost) {
            return askUntilKnown(id, describe(lost));
        }
    }

    /** Asks until somebody knows, within the configured time; what only other services may know, not for so long. */
    private Outcome askUntilKnown(GlobalTxId id, String cause) {
        long giveUpNanos = System.nanoTime() + config.outcomeTimeout().toNanos();
        Optional<Outcome.Unknown> lasting = Optional.empty();
        while (System.nanoTime() - giveUpNanos < 0) {
            long seen = directory.changes();
            Outcome outcome = ask(id);
            if (outcome.isKnown()) {
                return outcome;
            }
            if (lasting.isEmpty() && outcome instanceof Outcome.Unknown unknown && unknown.lasting()) {
                lasting = Optional.of(unknown);
                giveUpNanos = earlier(giveUpNanos, System.nanoTime() + OTHERS_PATIENCE.toNanos());
            }
            if (Thread.currentThread().isInterrupted() || directory.isClosed()) {
                break;
            }
            pause(seen);
        }
        String lost = "the coordinator's answer was lost (" + cause + "); ";
        return lasting.map(told -> new Outcome.Unknown(lost + told.cause(), true))
                .orElseGet(() -> new Outcome.Unknown(lost + "ask again later with the transaction's token"));
    }

    private static long earlier(long oneNanos, long otherNanos) {
        return oneNanos - otherNanos < 0 ? oneNanos : otherNanos;
    }

    /** Asks once, when there is somebody to ask. */
    Outcome ask(GlobalTxId id) {
        // Of an embedded coordinator's transaction every node can tell as much.
        boolean led = id.key().authority() == Authority.SHARD_2PC;
        return ask(id, led ? leaderOf(id).or(directory::any) : directory.any());
    }

    /** Asks once, whoever is connected now. */
    Outcome askNow(GlobalTxId id) {
        return ask(id, directory.leaderOf(id).or(directory::any));
    }

    private Outcome ask(GlobalTxId id, Optional<NodeLink> node) {
        if (node.isEmpty()) {
            return new Outcome.Unknown("no coordinator node is connected");
        }
        AskOutcomeRequest request = AskOutcomeRequest.newBuilder()
                .setGtrid(Wire.gtrid(id))
                .setNotReadOnly(notReadOnly.test(id))
                .build();
        try {
            NodeLink asked = node.get();
            return Wire.outcome(underWay.run(() -> directory.isReplaced(asked), () -> asked.calls(config.callTimeout())
                    .askOutcome(request)));
        } catch (StatusRuntimeException lost) {
            return new Outcome.Unknown(describe(lost));
        }
    }

    private Optional<NodeLink> leaderOf(GlobalTxId id) {
        return leader(() -> directory.awaitLeaderOf(id, config.callTimeout()));
    }

    private interface Waiting {
        Optional<NodeLink> run() throws InterruptedException;
    }

    private static Optional<NodeLink> leader(Waiting waiting) {
        try {
            return waiting.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void pause(long seen) {
        try {
            directory.awaitChange(seen, ASK_PAUSE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration leftUntil(long nanos) {
        return Duration.ofNanos(Math.max(1, nanos - System.nanoTime()));
    }

    /** Whether nothing can have been done that a second attempt would repeat. */
    private static boolean mayTryElsewhere(StatusRuntimeException refused) {
        return switch (refused.getStatus().getCode()) {
            case UNAVAILABLE, ABORTED, CANCELLED, DEADLINE_EXCEEDED -> true;
            default -> false;
        };
    }

    private static String describe(StatusRuntimeException refused) {
        Status status = refused.getStatus();
        return status.getDescription() == null ? status.getCode().toString() : status.getDescription();
    }
}
