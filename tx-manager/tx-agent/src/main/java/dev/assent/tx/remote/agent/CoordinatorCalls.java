package dev.assent.tx.remote.agent;

import dev.assent.time.Clock;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.DoomRequest;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.Request;
import dev.assent.tx.remote.wire.RollbackRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls to the coordinator, with what a lost answer means for each: a name costs no call; enlist fails and the work does not start; commit and rollback ask for the
 * outcome, and say "unknown" before they guess.
 */
final class CoordinatorCalls {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorCalls.class);
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
    private final Function<GlobalTxId, Optional<Outcome>> heardHere;
    private final CallsUnderWay underWay = new CallsUnderWay();
    private final OwnNames names = new OwnNames();

    CoordinatorCalls(NodeDirectory directory, RemoteConfig config, ClockSkew skew, Predicate<GlobalTxId> notReadOnly) {
        this(directory, config, skew, notReadOnly, id -> Optional.empty());
    }

    /**
     * Calls to the nodes of {@code directory}.
     *
     * @param notReadOnly what this process knows of a transaction; see {@code not_read_only} of the protocol
     * @param heardHere how a transaction ended, if this process has learned it otherwise
     */
    CoordinatorCalls(
            NodeDirectory directory,
            RemoteConfig config,
            ClockSkew skew,
            Predicate<GlobalTxId> notReadOnly,
            Function<GlobalTxId, Optional<Outcome>> heardHere) {
        this.heardHere = heardHere;
        this.skew = skew;
        this.directory = directory;
        this.config = config;
        this.notReadOnly = notReadOnly;
    }

    /** Something new is known: who waits for a node that was replaced, or need not be asked, is to look elsewhere. */
    void leaderChanged() {
        underWay.look();
    }

    /** How far the clock here is from the nodes'. */
    ClockSkew skew() {
        return skew;
    }

    /**
     * A name for a transaction, of which no node hears yet. It may be begun as long as {@link NodeDirectory#mayBegin}.
     */
    GlobalTxId name(Duration timeout, Authority authority) {
        Optional<NodeDirectory.Leave> leave = waitFor(() -> directory.awaitLeave(config.callTimeout()));
        if (leave.isPresent()) {
            return names.next(leave.get(), authority, skew.nodesEpochMillis() + timeout.toMillis());
        }
        if (directory.isClosed()) {
            throw new TransactionServiceException("the transaction service is closed", false);
        }
        throw new TransactionServiceException(
                "could not begin a transaction within " + config.callTimeout().toMillis()
                        + " ms: no coordinator node leads a shard. Are the coordinator nodes " + config.targets()
                        + " running?",
                true);
    }

    /**
     * Lets the coordinator confirm that the transaction is under way; an id that it does not know is refused.
     *
     * @param trace the traceparent of who joins; empty if there is none
     */
    void join(GlobalTxId id, AgentId agent, String trace) {
        NodeLink leader = leaderOf(id)
                .orElseThrow(() -> new TransactionServiceException(
                        "no coordinator node leads the transaction's shard at the moment; try again", true));
        Request.Builder request = Request.newBuilder()
                .setJoin(JoinRequest.newBuilder()
                        .setGtrid(Wire.gtrid(id))
                        .setTraceparent(trace)
                        .setAgentId(agent.bytes()));
        try {
            Answer unused = call(id, leader, request, config.callTimeout());
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
            Answer unused = call(id, leader, Request.newBuilder().setEnlist(request), config.callTimeout());
        } catch (StatusRuntimeException refused) {
            throw new TransactionServiceException(
                    "the branch was not enlisted, its work must not start: " + describe(refused), false, refused);
        }
    }

    /** Best effort: the local mark already makes this process's branches vote no. */
    void doom(GlobalTxId id, String cause) {
        Optional<NodeLink> leader = directory.any().flatMap(any -> leaderOf(id));
        leader.ifPresent(node -> {
            Request.Builder request = Request.newBuilder()
                    .setDoom(DoomRequest.newBuilder().setGtrid(Wire.gtrid(id)).setCause(cause));
            try {
                Answer unused = call(id, node, request, config.callTimeout());
            } catch (StatusRuntimeException unreachable) {
                // The branches here vote no all the same, so the transaction cannot commit.
                return;
            }
        });
    }

    /** Whether the transaction's coordinator was replaced, as far as the nodes have said: nobody can commit it any more. */
    boolean isFenced(GlobalTxId id) {
        return directory.isFenced(id);
    }

    /**
     * Asks for the commit.
     *
     * @throws NotBegun the request certainly had no effect, and will have none
     */
    Outcome commit(CommitRequest request, GlobalTxId id, Duration timeout) {
        NodeLink leader = leaderOf(id)
                .orElseThrow(() -> new NotBegun(
                        Status.UNAVAILABLE.withDescription("no coordinator node leads the transaction's shard")));
        return end(id, leader, Request.newBuilder().setCommit(request), timeout);
    }

    Outcome rollback(RollbackRequest request, GlobalTxId id) {
        Optional<NodeLink> leader = leaderOf(id);
        if (leader.isEmpty()) {
            return askUntilKnown(id, "no coordinator node leads the transaction's shard");
        }
        try {
            return end(id, leader.get(), Request.newBuilder().setRollback(request), config.callTimeout());
        } catch (NotBegun refused) {
            return askUntilKnown(id, describe(refused));
        }
    }

    /** Tells the leader that is known now to roll back, and does not wait for another. */
    Outcome rollbackNow(RollbackRequest request, GlobalTxId id) {
        Optional<NodeLink> leader = directory.leaderOf(id);
        if (leader.isEmpty()) {
            return new Outcome.Unknown("no coordinator node leads the transaction's shard");
        }
        try {
            return Wire.outcome(call(id, leader.get(), Request.newBuilder().setRollback(request), config.callTimeout())
                    .getOutcome());
        } catch (StatusRuntimeException lost) {
            return new Outcome.Unknown(describe(lost));
        }
    }

    /**
     * The answer to a call about a transaction, which ends at once when its coordinator is replaced.
     *
     * @throws StatusRuntimeException it was refused, or nothing is known of its effect
     */
    private Answer call(GlobalTxId id, NodeLink node, Request.Builder request, Duration timeout) {
        return underWay.run(
                () -> directory.isFenced(id) || heardHere.apply(id).isPresent(),
                () -> answer(node.request(request), timeout));
    }

    private static Answer answer(CompletableFuture<Answer> answer, Duration timeout) {
        Context.current()
                .addListener(
                        replaced -> given(answer, Status.CANCELLED.withDescription("the coordinator was replaced")),
                        Runnable::run);
        try {
            return answer.get(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw given(answer, Status.CANCELLED.withDescription("interrupted"));
        } catch (TimeoutException late) {
            throw given(
                    answer, Status.DEADLINE_EXCEEDED.withDescription("no answer within " + timeout.toMillis() + " ms"));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof NotBegun refused) {
                throw refused;
            }
            throw Status.fromThrowable(failed.getCause()).asRuntimeException();
        }
    }

    /** Nobody waits for the answer any more. */
    private static StatusRuntimeException given(CompletableFuture<Answer> up, Status why) {
        StatusRuntimeException given = why.asRuntimeException();
        up.completeExceptionally(given);
        return given;
    }

    private Outcome end(GlobalTxId id, NodeLink leader, Request.Builder request, Duration timeout) {
        try {
            Outcome outcome = Wire.outcome(call(id, leader, request, timeout).getOutcome());
            return outcome.isKnown() ? outcome : askUntilKnown(id, outcome.toString());
        } catch (NotBegun refused) {
            throw refused;
        } catch (StatusRuntimeException lost) {
            return askUntilKnown(id, describe(lost));
        }
    }

    /** Asks until somebody knows, within the configured time; what only other services may know, not for so long. */
    Outcome askUntilKnown(GlobalTxId id, String cause) {
        long begunNanos = Clock.SYSTEM.nanos();
        long giveUpNanos = begunNanos + config.outcomeTimeout().toNanos();
        int questions = 0;
        Optional<Outcome.Unknown> lasting = Optional.empty();
        while (Clock.SYSTEM.nanos() - giveUpNanos < 0) {
            long seen = directory.changes();
            Optional<Outcome> heard = heardHere.apply(id); // its acceptors tell it when no coordinator does
            if (heard.isPresent()) {
                return heard.get();
            }
            Outcome outcome = isDecidedByAcceptors(id) ? askNow(id) : ask(id);
            questions++;
            if (outcome.isKnown()) {
                LOG.debug(
                        "after {} ms and {} questions {} is known to be {}; {}",
                        Duration.ofNanos(Clock.SYSTEM.nanos() - begunNanos).toMillis(),
                        questions,
                        id,
                        outcome,
                        cause);
                return outcome;
            }
            if (lasting.isEmpty() && outcome instanceof Outcome.Unknown unknown && unknown.lasting()) {
                lasting = Optional.of(unknown);
                giveUpNanos = earlier(giveUpNanos, Clock.SYSTEM.nanos() + OTHERS_PATIENCE.toNanos());
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

    private static boolean isDecidedByAcceptors(GlobalTxId id) {
        return id.key().authority() == Authority.PAXOS_3PC;
    }

    private static long earlier(long oneNanos, long otherNanos) {
        return oneNanos - otherNanos < 0 ? oneNanos : otherNanos;
    }

    /** Asks once, when there is somebody to ask. */
    Outcome ask(GlobalTxId id) {
        // Of an embedded coordinator's transaction every node can tell as much.
        boolean led = !id.key().authority().isOfAnIncarnation();
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
        return waitFor(() -> directory.awaitLeaderOf(id, config.callTimeout()));
    }

    private interface Waiting<T> {
        Optional<T> run() throws InterruptedException;
    }

    private static <T> Optional<T> waitFor(Waiting<T> waiting) {
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

    /** Whether nothing can have been done that a second attempt would repeat. */
    private static boolean mayTryElsewhere(StatusRuntimeException refused) {
        return switch (refused.getStatus().getCode()) {
            case UNAVAILABLE, ABORTED, CANCELLED, DEADLINE_EXCEEDED -> true;
            default -> false;
        };
    }

    static String describe(StatusRuntimeException refused) {
        Status status = refused.getStatus();
        return status.getDescription() == null ? status.getCode().toString() : status.getDescription();
    }
}
