package dev.assent.rm.atomikos;

import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import dev.assent.store.Deadline;
import dev.assent.store.FencedRecord;
import dev.assent.store.MultiReply;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log in the store, owned by this process for one epoch.
 *
 * <p>Opening it takes the epoch over from whoever had it; from then on every write of an earlier owner is refused by
 * the store, because each is one group with a check of the epoch. Thread-safe.
 */
final class ZnodeLog {
    private static final Logger LOG = LoggerFactory.getLogger(ZnodeLog.class);

    /** Decisions and votes deleted in one group. */
    static final int FORGET_BATCH_MAX = 100;

    private final StoreSession session;
    private final LogPaths paths;
    private final int epoch;
    private final Set<String> resources = ConcurrentHashMap.newKeySet();
    private final SetAside aside = new SetAside();
    private volatile @Nullable String successor;

    private ZnodeLog(StoreSession session, LogPaths paths, int epoch) {
        this.session = session;
        this.paths = paths;
        this.epoch = epoch;
    }

    /** An answer to a write. */
    sealed interface Written {
        /** Durable. */
        record Done() implements Written {}

        /** Not written, and it never will be: another process owns the log, or the store refuses. */
        record Refused(String why) implements Written {}

        /** Written or not; asking again is safe. */
        record Unknown(String why) implements Written {}

        /** Written or not, and another process owns the log: it settles the transaction. */
        record TakenOver(String why) implements Written {}
    }

    /** What earlier owners left, read after they were fenced: no more can appear. */
    record Inheritance(LogReader.Records decisions, LogReader.Records votes) {}

    /** A log and what was in it. */
    record Opened(ZnodeLog log, Inheritance inheritance) {}

    /**
     * Takes the log over.
     *
     * @param owner who we are, for operators and for the message that a fenced process shows
     * @throws IOException the store does not answer in time, refuses, or holds the log of another tm_unique_name, or
     *     another log of this one
     */
    static Opened open(StoreSession session, LogSettings settings, String owner, Deadline deadline) throws IOException {
        LogPaths paths = new LogPaths(settings.logName());
        try {
            for (String path : paths.parents()) {
                session.createIfMissing(shared(path), deadline);
            }
            refuseSecondLog(session, paths, settings, deadline);
            session.createIfMissing(new StoreOp.Create(paths.root(), bytes(settings.tmUniqueName())), deadline);
            for (String path : paths.directories()) {
                session.createIfMissing(new StoreOp.Create(path, new byte[0]), deadline);
            }
            refuseForeignLog(session, paths, settings, deadline);
            ZnodeLog opened = new ZnodeLog(session, paths, fence(session, paths, owner, deadline));
            return new Opened(opened, opened.load(deadline));
        } catch (StoreException e) {
            if (e.code().isSilence()) {
                throw e;
            }
            throw new IOException(
                    "cannot open the recovery log at " + paths.root() + ": " + e.getMessage()
                            + (settings.auth().isEmpty()
                                    ? "; if it has an ACL, set the property " + LogSettings.AUTH
                                    : ""),
                    e);
        }
    }

    /** Parents that others keep their own nodes under: they may, and may not remove them. */
    private static StoreOp.Create shared(String path) {
        return new StoreOp.Create(path, new byte[0], StoreOp.Lifetime.PERSISTENT, StoreOp.Access.SHARED);
    }

    private static void refuseForeignLog(StoreSession session, LogPaths paths, LogSettings settings, Deadline deadline)
            throws IOException {
        String tm = read(session, paths.root(), deadline);
        if (!tm.equals(settings.tmUniqueName())) {
            throw new IOException("the log " + paths.root() + " belongs to " + LogSettings.TM_UNIQUE_NAME + "=" + tm
                    + ", not to " + settings.tmUniqueName() + ": set " + LogSettings.LOG + " to a name of its own");
        }
    }

    /** A new log knows nothing of what another one of the same name has decided, and would roll that back. */
    private static void refuseSecondLog(StoreSession session, LogPaths paths, LogSettings settings, Deadline deadline)
            throws IOException {
        if (session.repeat("looking for " + paths.root(), deadline, () -> session.exists(paths.root()))
                .isPresent()) {
            return;
        }
        String what = "listing " + LogPaths.PARENT;
        for (String name : session.repeat(what, deadline, () -> session.children(LogPaths.PARENT))) {
            String other = new LogPaths(name).root();
            if (!other.equals(paths.root()) && isLogOf(settings.tmUniqueName(), session, other, deadline)) {
                throw new IOException(LogSettings.TM_UNIQUE_NAME + "=" + settings.tmUniqueName() + " has the log "
                        + other + ", and a second one would roll back what that one has decided: set " + LogSettings.LOG
                        + "=" + name + ", or delete it once no branch of that name is left in any resource");
            }
        }
    }

    /** One that may not be read belongs to somebody else. */
    private static boolean isLogOf(String tm, StoreSession session, String root, Deadline deadline) throws IOException {
        try {
            return read(session, root, deadline).equals(tm);
        } catch (StoreException e) {
            if (e.is(StoreCode.NOAUTH) || e.is(StoreCode.NONODE)) {
                return false;
            }
            throw e;
        }
    }

    private static String read(StoreSession session, String path, Deadline deadline) throws IOException {
        byte[] data = session.repeat("reading " + path, deadline, () -> session.read(path))
                .data();
        return new String(data, StandardCharsets.UTF_8);
    }

    /** Bumps the epoch; what follows on this session sees everything that went before. */
    private static int fence(StoreSession session, LogPaths paths, String owner, Deadline deadline) throws IOException {
        byte[] data = bytes(owner);
        String what = "taking over " + paths.epoch();
        while (true) {
            int before = session.repeat(what, deadline, () -> session.read(paths.epoch()))
                    .stat()
                    .version();
            try {
                return session.repeat(what, deadline, () -> session.setData(paths.epoch(), data, before))
                        .version();
            } catch (StoreException e) {
                // Another process, or our own attempt whose answer was lost: either way, only a bump that was
                // answered is ours.
                if (!e.is(StoreCode.BADVERSION) || deadline.isPast()) {
                    throw e;
                }
            }
        }
    }

    private Inheritance load(Deadline deadline) throws IOException {
        while (true) {
            // The session that confirmed sees all that came before; another one, opened because it expired, may be
            // served by a member that is behind.
            long sessionId = session.sessionId();
            confirm(deadline);
            LogReader reader = new LogReader(session, aside);
            resources.addAll(reader.names(paths.resources(), deadline));
            Inheritance inheritance = new Inheritance(
                    reader.records(paths.commits(), TxState.COMMITTING, deadline),
                    reader.records(paths.votes(), TxState.IN_DOUBT, deadline));
            if (sessionId == session.sessionId()) {
                return inheritance;
            }
        }
    }

    private void confirm(Deadline deadline) throws IOException {
        while (!isConfirmedOwner(deadline)) {
            if (successor != null || deadline.isPast()) {
                throw new IOException(notOwner());
            }
        }
    }

    /** Resources that branches of this log may be in, this process's and its predecessors'. */
    Set<String> resources() {
        return Set.copyOf(resources);
    }

    /** Znodes that are not what they should be. */
    SetAside aside() {
        return aside;
    }

    /** Makes resources known; must return before a decision that may concern them is written. */
    Written addResources(Set<String> names, Deadline deadline) {
        Written answer = new Written.Done();
        for (String name : names) {
            if (!resources.contains(name) && answer instanceof Written.Done) {
                answer = create(paths.resource(name), new byte[0], deadline);
                if (answer instanceof Written.Done) {
                    resources.add(name);
                }
            }
        }
        return answer;
    }

    /** Writes the decision to commit, once. */
    Written decide(PendingTransactionRecord entry, Deadline deadline) {
        return create(paths.commit(entry.id), RecordCodec.encode(entry), deadline);
    }

    /** Writes a vote that waits for a superior's decision. */
    Written vote(PendingTransactionRecord entry, Deadline deadline) {
        return create(paths.vote(entry.id), RecordCodec.encode(entry), deadline);
    }

    private Written create(String path, byte[] data, Deadline deadline) {
        FencedRecord record = new FencedRecord(check(), new StoreOp.Create(path, data));
        Settling settling = new Settling(path, deadline);
        while (successor == null && session.awaitConnected(deadline) && !isOver(deadline)) {
            FencedRecord.Outcome outcome = FencedRecord.outcome(send(record.operations(), deadline));
            if (!(outcome instanceof FencedRecord.Unanswered)) {
                return outcome.accept(settling);
            }
            settling.lost = true;
        }
        String why = successor != null ? notOwner() : "the coordination store does not answer";
        return settling.lost ? new Written.Unknown(why) : new Written.Refused(why);
    }

    /** Nobody waits any more: the time is up, or the caller was interrupted. */
    private static boolean isOver(Deadline deadline) {
        return deadline.isPast() || Thread.currentThread().isInterrupted();
    }

    /** What the last attempt says of all of them. */
    private final class Settling implements FencedRecord.Handler<Written> {
        private final String path;
        private final Deadline deadline;
        /** Whether an earlier attempt may have been applied. */
        private boolean lost;

        Settling(String path, Deadline deadline) {
            this.path = path;
            this.deadline = deadline;
        }

        @Override
        public Written written(FencedRecord.Written outcome) {
            return new Written.Done();
        }

        /** The epoch is ours still: only this owner's own attempt can have made it. */
        @Override
        public Written exists(FencedRecord.Exists outcome) {
            return new Written.Done();
        }

        @Override
        public Written fenced(FencedRecord.Fenced outcome) {
            if (!lost) {
                return new Written.Refused(notOwner());
            }
            try {
                boolean there = session.repeat("looking at " + path, deadline, () -> session.exists(path))
                        .isPresent();
                return there ? new Written.Done() : new Written.TakenOver(notOwner());
            } catch (IOException e) {
                LOG.warn("cannot read {}", path, e);
                return new Written.Unknown(notOwner());
            }
        }

        @Override
        public Written refused(FencedRecord.Refused outcome) {
            String why =
                    "the coordination store refuses to create " + path + ": " + outcome.code() + remedy(outcome.code());
            return lost ? new Written.Unknown(why) : new Written.Refused(why);
        }

        @Override
        public Written unanswered(FencedRecord.Unanswered outcome) {
            return new Written.Unknown("the coordination store does not answer");
        }
    }

    private static String remedy(StoreCode code) {
        return switch (code) {
            case NOAUTH, AUTHFAILED -> "; set the property " + LogSettings.AUTH;
            case NONODE -> "; the log's znodes were removed: restart this program to make them again";
            default -> "";
        };
    }

    /** Deletes what has ended. Deletions of a process that lost the log are refused like its other writes. */
    StoreAnswer forget(List<String> decisions, List<String> votes, Deadline deadline) {
        List<StoreOp> group = new ArrayList<>(List.of(check()));
        decisions.forEach(id -> group.add(new StoreOp.Delete(paths.commit(id), -1)));
        votes.forEach(id -> group.add(new StoreOp.Delete(paths.vote(id), -1)));
        return StoreAnswer.of(send(group, deadline));
    }

    /**
     * Whether this process owns the log at some moment during the call: a write of its own proves it, through a
     * quorum. False also when nobody answers.
     */
    boolean isConfirmedOwner(Deadline deadline) {
        return successor == null
                && session.awaitConnected(deadline)
                && send(List.of(check()), deadline).isApplied();
    }

    /** A server that takes requests and does not answer them is left for another one. */
    private MultiReply send(List<StoreOp> group, Deadline deadline) {
        long asked = session.sessionId();
        try {
            return noteFencing(session.await(session.multi(group), "writing to the log", deadline), deadline);
        } catch (StoreException silent) {
            if (silent.is(StoreCode.OPERATIONTIMEOUT) && !deadline.isPast()) {
                session.leave(asked);
            }
            return new MultiReply(silent.code(), -1);
        } catch (IOException bug) {
            throw new IllegalStateException("a multi is answered with a reply only", bug);
        }
    }

    private MultiReply noteFencing(MultiReply reply, Deadline deadline) {
        if (FencedRecord.outcome(reply) instanceof FencedRecord.Fenced && successor == null) {
            successor = readOwner(deadline);
            LOG.error("{}", notOwner());
        }
        return reply;
    }

    private String readOwner(Deadline deadline) {
        try {
            return read(session, paths.epoch(), deadline);
        } catch (IOException e) {
            LOG.debug("cannot read who took over", e);
            return "unknown";
        }
    }

    /** False once another process is known to have taken over; it never becomes true again. */
    boolean isOwner() {
        return successor == null;
    }

    /** Why writes are refused, and what to do. */
    String notOwner() {
        return "another process took over the recovery log " + paths.root() + " (" + successor + "): give each running"
                + " program its own " + LogSettings.TM_UNIQUE_NAME + ", or stop this one";
    }

    private StoreOp.Check check() {
        return new StoreOp.Check(paths.epoch(), epoch);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
