package dev.assent.tx.remote.agent;

import com.google.protobuf.ByteString;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.OwnBranch;
import dev.assent.tx.remote.wire.RollbackRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process that began a transaction ends it. The coordinator hears of this process's own branches with the
 * request for the end, and of their votes too, so that each costs no conversation of its own; whatever it then decides,
 * it decides with all of them. Blocks its caller, for as long as a caller said at most.
 */
final class OriginatorEnd {
    private static final Logger LOG = LoggerFactory.getLogger(OriginatorEnd.class);

    /** What a rollback may wait for branches here that nobody but this process can tell. */
    private static final Duration DROP_PATIENCE = Duration.ofSeconds(10);

    private final AgentId agent;
    private final BranchCommands resources;
    private final LocalParts parts;
    private final CoordinatorCalls calls;

    OriginatorEnd(AgentId agent, BranchCommands resources, LocalParts parts, CoordinatorCalls calls) {
        this.agent = agent;
        this.resources = resources;
        this.parts = parts;
        this.calls = calls;
    }

    Outcome commit(LocalPart part, Duration patience) {
        if (!part.askCommit()) {
            return rollback(part, part.objection().orElse("rollback-only"));
        }
        if (part.branches().isEmpty() && part.endPrivately()) {
            return learned(part, new Outcome.Committed()); // nothing was done, and nobody was told of it
        }
        long endNanos = Clock.SYSTEM.nanos() + patience.toNanos();
        List<BranchRun> own = part.ownBranches();
        List<Vote> votes;
        try {
            votes = isVotedWhenAsked(part) ? List.of() : prepared(part, own, patience);
        } catch (TimeoutException late) {
            return notBegun(part, own, "a branch of this service did not vote: " + late.getMessage());
        }
        if (!votes.isEmpty() && votes.stream().allMatch(Vote.ReadOnly.class::isInstance) && part.endPrivately()) {
            return learned(part, new Outcome.Committed());
        }
        if (calls.isFenced(part.id())) {
            return notBegun(part, own, "the coordinator was replaced before it was asked for; try again");
        }
        CommitRequest request = CommitRequest.newBuilder()
                .setGtrid(Wire.gtrid(part.id()))
                .setAgentId(agent.bytes())
                .addAllBranches(described(own, votes))
                .setTraceparent(part.trace())
                .build();
        Duration left = Duration.ofNanos(Math.max(1, endNanos - Clock.SYSTEM.nanos()));
        Optional<Outcome> answered = Optional.empty();
        String why = "";
        try {
            answered = Optional.of(calls.commit(request, part.id(), left));
        } catch (NotBegun refused) {
            why = CoordinatorCalls.describe(refused);
        }
        return answered.isPresent() ? learned(part, answered.get()) : notBegun(part, own, why);
    }

    /**
     * Only this process can ask for the commit. If it asked once, and that certainly had no effect, the transaction is
     * rolled back for certain, as it does not ask again; no coordinator needs to be asked what became of it.
     */
    private Outcome notBegun(LocalPart part, List<BranchRun> own, String why) {
        return part.withdrawCommit("its commit was not begun: " + why)
                ? rollBack(part, own, part.objection().orElse(why))
                : learned(part, calls.askUntilKnown(part.id(), why));
    }

    /** Before its vote a branch of a three-phase transaction has to know the acceptors, which its coordinator chooses. */
    private static boolean isVotedWhenAsked(LocalPart part) {
        return part.id().key().authority() == Authority.PAXOS_3PC;
    }

    private static List<Vote> prepared(LocalPart part, List<BranchRun> own, Duration patience) throws TimeoutException {
        List<CompletableFuture<Vote>> votes = new ArrayList<>();
        own.forEach(branch -> votes.add(branch.prepare(part::objection).toCompletableFuture()));
        await(CompletableFuture.allOf(votes.toArray(CompletableFuture<?>[]::new)), patience);
        return votes.stream().map(CompletableFuture::join).toList();
    }

    private static void await(CompletableFuture<Void> all, Duration patience) throws TimeoutException {
        try {
            all.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new TimeoutException("interrupted");
        } catch (TimeoutException late) {
            throw new TimeoutException("no answer within " + patience.toMillis() + " ms");
        } catch (ExecutionException bug) {
            throw new IllegalStateException("a branch's stage does not fail", bug);
        }
    }

    Outcome rollback(LocalPart part, String cause) {
        part.doom(cause);
        if (part.branches().isEmpty() && part.endPrivately()) {
            return learned(part, new Outcome.RolledBack(cause));
        }
        return rollBack(part, part.ownBranches(), cause);
    }

    private Outcome rollBack(LocalPart part, List<BranchRun> own, String cause) {
        if (!part.isGivenUp()) {
            return learned(part, calls.rollback(request(part, own, cause), part.id()));
        }
        Outcome told = calls.rollbackNow(request(part, own, cause), part.id());
        return learned(part, told.isKnown() ? told : withoutCoordinator(part, cause));
    }

    /** Only this process could have asked for the commit, so the end is certain, whatever a coordinator knows of it. */
    private static Outcome withoutCoordinator(LocalPart part, String cause) {
        try {
            await(part.all(BranchRun::rollback).toCompletableFuture(), DROP_PATIENCE);
        } catch (TimeoutException hanging) {
            LOG.info("a branch of {} has not answered its rollback yet; it is told, and will", part.id());
        }
        return part.givenUp(cause);
    }

    /** Past the deadline of a transaction that nobody asked the commit of: the coordinator is told, if there is one. */
    Outcome expired(LocalPart part) {
        String cause = part.objection().orElse("the transaction is past its deadline");
        Outcome told = calls.rollbackNow(request(part, part.ownBranches(), cause), part.id());
        if (told.isKnown()) {
            return told;
        }
        return part.isDone() ? part.givenUp(cause) : told;
    }

    private RollbackRequest request(LocalPart part, List<BranchRun> own, String cause) {
        return RollbackRequest.newBuilder()
                .setGtrid(Wire.gtrid(part.id()))
                .setCause(cause)
                .setAgentId(agent.bytes())
                .addAllBranches(described(own, List.of()))
                .setTraceparent(part.trace())
                .build();
    }

    private List<OwnBranch> described(List<BranchRun> own, List<Vote> votes) {
        List<OwnBranch> described = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            byte[] bqual = own.get(i).id().bqual();
            OwnBranch.Builder branch = OwnBranch.newBuilder()
                    .setBqual(ByteString.copyFrom(bqual))
                    .setResourceManager(resources
                            .nameOf(BranchName.fromBytes(bqual).resource())
                            .orElse(""));
            if (!votes.isEmpty()) {
                branch.setVote(Wire.vote(votes.get(i)));
            }
            described.add(branch.build());
        }
        return described;
    }

    private Outcome learned(LocalPart part, Outcome outcome) {
        GlobalTxId id = part.id();
        if (outcome instanceof Outcome.RolledBack) {
            CompletionStage<Void> unused = part.all(BranchRun::rollback).thenCompose(all -> parts.ended(id, outcome));
        } else if (outcome.isKnown()) {
            CompletionStage<Void> unused = parts.ended(id, outcome);
        }
        return outcome;
    }
}
