package dev.assent.rm.jta;

import dev.assent.rm.xa.XaError;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.spi.Participant;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The branches of one transaction that this process works on. Each driver's resource object has one of its own, unless
 * its resource manager can join those of others and says that it is the same one (section 3.4.9). Thread-safe.
 */
final class LocalBranches {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBranches.class);

    private final GlobalTransaction global;
    private final Clock clock;
    private final TransactionProgress progress;
    private final List<Association> associations = new CopyOnWriteArrayList<>();

    /** Branches of resources that speak no XA: they have nothing here to be started and ended. */
    private final AtomicLong others = new AtomicLong();

    /** {@code progress} follows what the coordinator tells the branches. */
    LocalBranches(GlobalTransaction global, Clock clock, TransactionProgress progress) {
        this.global = global;
        this.clock = clock;
        this.progress = progress;
    }

    long count() {
        long count = others.get();
        for (Association association : associations) {
            count += association.isFirst() ? 1 : 0;
        }
        return count;
    }

    boolean isEmpty() {
        return associations.isEmpty() && others.get() == 0;
    }

    /** Enlists a resource, in a branch of its own or in that of another one, and starts its work. */
    synchronized void work(NamedXaResource resource) throws RollbackException, SystemException, XAException {
        Association association = find(resource);
        if (association == null) {
            association = joinedOrFirst(resource);
        }
        association.start();
    }

    private Association joinedOrFirst(NamedXaResource resource) throws RollbackException, SystemException {
        for (Association candidate : associations) {
            if (candidate.takes(resource)) {
                limit(resource);
                Association joined = candidate.joinedBy(resource);
                associations.add(joined);
                return joined;
            }
        }
        return first(resource);
    }

    /** The resource's own branch, enlisted now if it was not; its work has not begun. */
    synchronized XaParticipant enlist(NamedXaResource resource) throws RollbackException, SystemException {
        Association association = find(resource);
        if (association == null) {
            association = first(resource);
        }
        association.startedElsewhere();
        return association.branch();
    }

    /**
     * Enlists a resource in the place of one whose connection died before any work had begun over it: the branch stays,
     * and the coordinator need not know.
     *
     * @throws IllegalStateException the branch was told how it ends
     */
    synchronized XaParticipant move(XAResource dead, NamedXaResource resource) throws SystemException {
        Association association = find(dead);
        if (association == null) {
            throw new IllegalStateException("no branch in " + resource.home().name() + " is to be moved");
        }
        try {
            XaParticipant branch = resource.participant(association.id());
            Association moved = association.movedTo(resource, branch);
            limit(resource);
            associations.set(associations.indexOf(association), moved);
            moved.startedElsewhere();
            return branch;
        } catch (SQLException e) {
            throw unreachable(resource, e);
        }
    }

    private static SystemException unreachable(NamedXaResource resource, SQLException why) {
        String home = resource.home().name();
        return Failures.caused(
                new SystemException("resource " + home + " cannot be reached: " + why.getMessage()), why);
    }

    private Association first(NamedXaResource resource) throws RollbackException, SystemException {
        String home = resource.home().name();
        try {
            if (resource.connection() == null) {
                global.decideInStore(); // what is out of sight cannot insert a row
            }
            BranchId id = global.newBranch(home);
            XaParticipant branch = resource.participant(id);
            ObservedParticipant observed = new ObservedParticipant(branch, progress, this::count);
            global.enlist(id, observed);
            limit(resource);
            Association first = Association.first(resource, id, branch, observed);
            associations.add(first);
            return first;
        } catch (TransactionServiceException e) {
            throw Failures.caused(new RollbackException("no work in " + home + ": " + e.getMessage()), e);
        } catch (SQLException e) {
            throw unreachable(resource, e);
        }
    }

    /** A branch in a resource that speaks no XA, enlisted before its work. */
    BranchId other(String home, Function<BranchId, Participant> participant) throws RollbackException {
        try {
            BranchId id = global.newBranch(home);
            global.enlist(id, new ObservedParticipant(participant.apply(id), progress, this::count));
            others.incrementAndGet();
            return id;
        } catch (TransactionServiceException e) {
            throw Failures.caused(new RollbackException("no work in " + home + ": " + e.getMessage()), e);
        }
    }

    /** Lets the resource give up by itself what is left behind; it may not be able to, and then the deadline is ours. */
    private void limit(NamedXaResource resource) {
        Duration left = Duration.between(clock.instant(), global.deadline());
        long seconds = Math.max(1, left.plusMillis(999).toSeconds());
        try {
            boolean taken = resource.driver().setTransactionTimeout(Math.toIntExact(seconds));
            LOG.trace(
                    "resource {}: a time-out of {} s was taken: {}",
                    resource.home().name(),
                    seconds,
                    taken);
        } catch (XAException e) {
            LOG.debug("resource {} took no time-out: {}", resource.home().name(), XaError.describe(e));
        }
    }

    @Nullable
    Association find(XAResource resource) {
        XAResource driver = resource instanceof NamedXaResource named ? named.driver() : resource;
        for (Association candidate : associations) {
            if (candidate.isOf(driver)) {
                return candidate;
            }
        }
        return null;
    }

    /** Those that the application has ended by itself over a connection of its own, as far as can be seen. */
    synchronized List<Association> endedBySql() {
        List<Association> ended = new ArrayList<>(0);
        for (Association association : associations) {
            if (association.isEndedBySql()) {
                ended.add(association);
            }
        }
        return ended;
    }

    synchronized boolean delist(Association association, int flag) throws XAException {
        return flag == XAResource.TMSUSPEND ? association.suspend() : association.end(flag == XAResource.TMSUCCESS);
    }

    /** Ends the work of all, even if some fail to; gives the first failure. Those that joined end first. */
    synchronized Optional<Throwable> endAll(boolean successful) {
        List<Association> joinedFirst = new ArrayList<>(associations);
        joinedFirst.sort(Comparator.comparing(Association::isFirst));
        Optional<Throwable> failure = Optional.empty();
        for (Association association : joinedFirst) {
            try {
                boolean unused = association.end(successful);
            } catch (XAException | RuntimeException | Error e) {
                // A driver's Error must not leave the other branches open, with their locks.
                failure = failure.or(() -> Optional.of(e));
            }
        }
        return failure;
    }
}
