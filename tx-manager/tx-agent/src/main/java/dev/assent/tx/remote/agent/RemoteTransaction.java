package dev.assent.tx.remote.agent;

import com.google.protobuf.ByteString;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.spi.Participant;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A transaction as this service takes part in it, begun here or joined. */
final class RemoteTransaction implements GlobalTransaction {
    /** What a commit may take beyond the deadline, for phase 2. */
    private static final Duration PHASE_TWO_GRACE = Duration.ofSeconds(30);

    /** How long a first branch waits to learn whether its resource's name stands for it. */
    private static final Duration NAMING_PATIENCE = Duration.ofSeconds(2);

    private final AgentId agent;
    private final BranchCommands resources;
    private final OriginatorEnd end;
    private final LocalPart part;
    private final CoordinatorCalls calls;
    private final Clock clock;
    private final boolean originator;

    RemoteTransaction(
            AgentId agent,
            BranchCommands resources,
            OriginatorEnd end,
            LocalPart part,
            CoordinatorCalls calls,
            Clock clock,
            boolean originator) {
        this.agent = agent;
        this.resources = resources;
        this.end = end;
        this.part = part;
        this.calls = calls;
        this.clock = clock;
        this.originator = originator;
    }

    private GlobalTxId globalId() {
        return part.id();
    }

    @Override
    public String token() {
        boolean unused = part.expose();
        return TransactionToken.format(globalId());
    }

    @Override
    public String id() {
        return globalId().toHex();
    }

    @Override
    public Instant deadline() {
        return Instant.ofEpochMilli(globalId().deadlineEpochMillis());
    }

    @Override
    public Optional<String> clockComplaint() {
        return calls.skew().complaint();
    }

    @Override
    public boolean isOriginator() {
        return originator;
    }

    @Override
    public BranchId newBranch(String resourceManager) {
        ResourceName name = new ResourceName(resourceManager);
        Optional<AgentResource> registered = resources.find(resourceManager);
        if (registered.isPresent()) {
            requireVerified(registered.get());
        }
        return new BranchName(name.hash(), part.nextBranchNumber(), agent.incarnation()).in(globalId());
    }

    /** Waits a moment for it to be known; what is not known then is refused, as the coordinator would. */
    private void requireVerified(AgentResource resource) {
        Duration left = untilDeadline();
        if (resource.objection().isPresent() && !left.isNegative()) {
            resource.awaitJudged(left.compareTo(NAMING_PATIENCE) < 0 ? left : NAMING_PATIENCE);
        }
        Optional<AgentResource.Objection> objection = resource.objection();
        if (objection.isPresent()) {
            throw new TransactionServiceException(
                    objection.get().why(), objection.get().mayPass());
        }
    }

    @Override
    public void enlist(BranchId branch, Participant participant) {
        String resourceManager = resources
                .nameOf(BranchName.fromBytes(branch.bqual()).resource())
                .orElseThrow(() -> new TransactionServiceException(
                        "the branch's resource manager is not registered: register it before its first branch", false));
        BranchRun run = new BranchRun(branch, participant);
        if (!part.add(run)) {
            throw new TransactionServiceException("the transaction is ending or can only roll back", false);
        }
        if (originator) {
            return; // the coordinator hears of it with the commit
        }
        try {
            calls.enlist(
                    globalId(),
                    EnlistRequest.newBuilder()
                            .setGtrid(Wire.gtrid(globalId()))
                            .setBqual(ByteString.copyFrom(branch.bqual()))
                            .setAgentId(agent.bytes())
                            .setResourceManager(resourceManager)
                            .build());
            part.confirmed(run);
        } catch (TransactionServiceException refused) {
            // Whether the coordinator knows of the branch is uncertain: without a run here it would vote no.
            part.remove(run);
            part.doom("a branch could not be enlisted");
            throw refused;
        }
    }

    @Override
    public Call enter() {
        part.enter();
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                part.leave();
            }
        };
    }

    @Override
    public void setRollbackOnly(String cause) {
        if (!part.isDoomed()) {
            part.doom(cause);
            if (!originator) { // else nobody but this process can ask for the commit
                calls.doom(globalId(), cause);
            }
        }
    }

    @Override
    public boolean isRollbackOnly() {
        return part.isDoomed();
    }

    private Duration untilDeadline() {
        return Duration.ofMillis(globalId().deadlineEpochMillis() - clock.epochMillis());
    }

    @Override
    public Outcome commit() {
        requireOriginator();
        return end.commit(part, untilDeadline().plus(PHASE_TWO_GRACE));
    }

    @Override
    public Outcome rollback(String cause) {
        requireOriginator();
        return end.rollback(part, cause);
    }

    private void requireOriginator() {
        if (!originator) {
            throw new IllegalStateException("only the process that began a transaction may end it");
        }
    }

    @Override
    public void onWorkDropped(Runnable listener) {
        part.onWorkDropped(listener);
    }

    @Override
    public void onCompletion(Consumer<Outcome> listener) {
        part.onCompletion(listener);
    }
}
