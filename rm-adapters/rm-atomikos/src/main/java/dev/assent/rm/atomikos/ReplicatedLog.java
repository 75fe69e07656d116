package dev.assent.rm.atomikos;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.recovery.LogException;
import com.atomikos.recovery.LogWriteException;
import com.atomikos.recovery.OltpLog;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.RecoveryLog;
import com.atomikos.recovery.TxState;
import dev.assent.store.Deadline;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.time.Clock;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Atomikos writes its transactions to and recovers them from. Called by its coordinators (any thread) and by its
 * recovery timer (one at a time).
 *
 * <p>Atomikos' own recovery rolls back what is old by the clock. It is switched off here; {@link #isActive}, which
 * Atomikos asks before each of its passes, runs {@link RecoveryPass} instead.
 */
final class ReplicatedLog implements OltpLog, RecoveryLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedLog.class);

    private final LogSettings settings;
    private final StoreSession session;
    private final ZnodeLog store;
    private final KnownDecisions table;
    private final Forgetter forgetter;
    private final Supplier<? extends Collection<RecoverableResource>> resources;
    private final RecoveryPass recovery;
    private final Set<String> unreadableVotes;
    private volatile boolean closed;

    private ReplicatedLog(
            LogSettings settings,
            StoreSession session,
            ZnodeLog.Opened opened,
            Supplier<? extends Collection<RecoverableResource>> resources) {
        this.settings = settings;
        this.session = session;
        this.resources = resources;
        store = opened.log();
        LogReader.Records decisions = opened.inheritance().decisions();
        LogReader.Records votes = opened.inheritance().votes();
        Set<String> unreadable = new HashSet<>(decisions.unreadable());
        unreadableVotes = Set.copyOf(votes.unreadable());
        unreadable.addAll(unreadableVotes);
        table = new KnownDecisions(decisions.readable(), votes.readable(), unreadable);
        forgetter = new Forgetter(store, table);
        recovery = new RecoveryPass(settings, store, table, resources, Clock.SYSTEM, Clock.SYSTEM::nanos);
    }

    /**
     * Connects and takes the log over.
     *
     * @throws IOException the store does not answer in time, or refuses; the message names the remedy
     */
    static ReplicatedLog open(LogSettings settings, Supplier<? extends Collection<RecoverableResource>> resources)
            throws IOException {
        StoreSession session = connect(settings.store());
        try {
            String owner = "process " + ProcessHandle.current().pid() + " since " + Clock.SYSTEM.instant();
            ZnodeLog.Opened opened = ZnodeLog.open(session, settings, owner, Deadline.in(settings.connectTimeout()));
            ReplicatedLog replicated = new ReplicatedLog(settings, session, opened, resources);
            LOG.info(
                    "{} is open with {} decisions of earlier processes; {} znodes are set aside",
                    settings,
                    opened.inheritance().decisions().readable().size(),
                    opened.log().aside().known());
            return replicated;
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static StoreSession connect(StoreConfig store) throws IOException {
        try {
            return StoreSession.open(store);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + " (the property " + LogSettings.CONNECT + ")", e);
        }
    }

    /**
     * Keeps a record. COMMITTING and IN_DOUBT return only when they are durable; TERMINATED returns at once. What an
     * Assent transaction decides needs no COMMITTING: its decision is durable there.
     *
     * @throws LogWriteException it was not written and will not be: Atomikos rolls the transaction back
     * @throws CommitOutcomeUnknown nobody can tell yet
     */
    @Override
    public void write(PendingTransactionRecord entry) throws LogWriteException {
        if (entry.state == TxState.COMMITTING) {
            if (!table.isSubordinate(entry)) {
                commit(entry);
            }
        } else if (entry.state == TxState.TERMINATED) {
            terminated(entry);
        } else if (entry.state == TxState.IN_DOUBT) {
            vote(entry);
        } else {
            LOG.warn("a record in state {} has no place in a recovery log and is not kept: {}", entry.state, entry.id);
        }
    }

    /** The vote for an Assent transaction is kept until its participant knows how the resources ended. */
    private void terminated(PendingTransactionRecord entry) {
        if (entry.superiorId == null || !Superior.isOurs(entry.superiorId) || !table.isVoted(entry.id)) {
            table.ended(entry.id);
        }
    }

    /** What an Assent transaction decides of this log. */
    SubordinateVotes subordinates() {
        return new SubordinateVotes(settings, store, table, recovery, unreadableVotes, () -> closed);
    }

    private void commit(PendingTransactionRecord entry) throws LogWriteException {
        refuseIfClosed();
        Deadline deadline = Deadline.in(settings.decisionTimeout());
        demand(store.addResources(resourceNames(), deadline));
        switch (table.claimCommit(entry)) {
            case ABORTED_BY_RECOVERY ->
                throw refusal("transaction " + entry.id + " was rolled back: it was still undecided after "
                        + settings.orphanAge().toMillis() + " ms (" + LogSettings.MAX_TIMEOUT + ")");
            case FULL ->
                throw refusal(KnownDecisions.DECISIONS_MAX + " decisions wait for their resources to be reached:"
                        + " bring the databases back before committing more");
            case GRANTED -> conclude(entry.id, store.decide(entry, deadline));
        }
    }

    private void conclude(String id, ZnodeLog.Written written) throws LogWriteException {
        if (written instanceof ZnodeLog.Written.Done) {
            table.committed(id);
        } else if (written instanceof ZnodeLog.Written.Refused refused) {
            table.refused(id);
            throw refusal(refused.why());
        } else if (written instanceof ZnodeLog.Written.TakenOver taken) {
            table.handedOver(id);
            throw new CommitOutcomeUnknown(id, taken.why());
        } else if (written instanceof ZnodeLog.Written.Unknown unknown) {
            table.unresolved(id);
            throw new CommitOutcomeUnknown(id, unknown.why());
        }
    }

    private void vote(PendingTransactionRecord entry) throws LogWriteException {
        refuseIfClosed();
        Deadline deadline = Deadline.in(settings.decisionTimeout());
        demand(store.addResources(resourceNames(), deadline));
        switch (table.claimVote(entry)) {
            case ABORTED_BY_RECOVERY ->
                throw refusal("transaction " + entry.id + " was rolled back: it had not voted after "
                        + settings.orphanAge().toMillis() + " ms (" + LogSettings.MAX_TIMEOUT + ")");
            case FULL -> {
                table.voteRefused(entry.id);
                throw refusal(KnownDecisions.VOTES_MAX + " transactions wait for their superiors' decisions: no more"
                        + " prepare before some have ended");
            }
            case GRANTED -> concludeVote(entry.id, store.vote(entry, deadline));
        }
    }

    /** One that may be in the store stays known, so that it is deleted when its transaction has rolled back. */
    private void concludeVote(String id, ZnodeLog.Written written) throws LogWriteException {
        if (written instanceof ZnodeLog.Written.Refused) {
            table.voteRefused(id);
        }
        demand(written);
    }

    private Set<String> resourceNames() {
        return resources.get().stream().map(RecoverableResource::getName).collect(Collectors.toSet());
    }

    private void refuseIfClosed() throws LogWriteException {
        if (closed) {
            throw refusal("the recovery log is closed: the transaction service is shutting down");
        }
    }

    /** Nothing depends on a vote or a name that may or may not have been written: the transaction can still abort. */
    private static void demand(ZnodeLog.Written written) throws LogWriteException {
        if (written instanceof ZnodeLog.Written.Refused refused) {
            throw refusal(refused.why());
        }
        if (written instanceof ZnodeLog.Written.Unknown unknown) {
            throw refusal(unknown.why());
        }
        if (written instanceof ZnodeLog.Written.TakenOver taken) {
            throw refusal(taken.why());
        }
    }

    private static LogWriteException refusal(String why) {
        return new LogWriteException(new IOException(why));
    }

    /**
     * Runs a recovery pass.
     *
     * @return whether this process owns the log, so that it may recover
     */
    @Override
    public boolean isActive() {
        return !closed && recovery.run();
    }

    @Override
    public Collection<PendingTransactionRecord> getIndoubtTransactionRecords() {
        // Atomikos aborts foreign votes whose superior it cannot call: it is not shown them.
        return table.pending().stream()
                .filter(entry ->
                        entry.state == TxState.IN_DOUBT && !entry.allowsHeuristicTermination(settings.tmUniqueName()))
                .toList();
    }

    @Override
    public Collection<PendingTransactionRecord> getExpiredPendingCommittingTransactionRecordsAt(long time) {
        return table.pending().stream()
                .filter(entry -> entry.state == TxState.COMMITTING && entry.expires < time)
                .toList();
    }

    @Override
    public Collection<PendingTransactionRecord> getPendingTransactionRecords() {
        return table.pending();
    }

    @Override
    public @Nullable PendingTransactionRecord get(String coordinatorId) {
        return table.pending().stream()
                .filter(entry -> entry.id.equals(coordinatorId))
                .findFirst()
                .orElse(null);
    }

    /** Does nothing: Atomikos' pass would delete decisions of resources that are not registered (yet). */
    @Override
    public void forgetTransactionRecords(Collection<PendingTransactionRecord> coordinators) {
        LOG.debug("{} records are left to our own recovery", coordinators.size());
    }

    @Override
    public void recordAsCommitting(String coordinatorId) throws LogException {
        PendingTransactionRecord vote = get(coordinatorId);
        if (vote == null) {
            throw new LogException("no vote of transaction " + coordinatorId + " is in the log: it has ended, or"
                    + " another process owns it");
        }
        if (vote.state == TxState.IN_DOUBT) {
            commit(vote.markAsCommitting());
        }
    }

    @Override
    public void forget(String coordinatorId) {
        table.ended(coordinatorId);
    }

    @Override
    public void closing() {
        LOG.debug("shutting down; the next process of this name takes over by itself");
    }

    @Override
    public void closed() {
        close();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            forgetter.close();
            session.close();
        }
    }
}
