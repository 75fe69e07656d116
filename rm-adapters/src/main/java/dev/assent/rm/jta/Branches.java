package dev.assent.rm.jta;

import dev.assent.rm.xa.XaParticipant;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.spi.Participant;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** The branches of one transaction that this process works on; one for each driver's resource object. */
final class Branches {
    private final GlobalTransaction global;
    private final UnaryOperator<Participant> observed;
    private final List<Enlisted> enlisted = new ArrayList<>();

    /** {@code observed} is what the coordinator is given in the place of each branch. */
    Branches(GlobalTransaction global, UnaryOperator<Participant> observed) {
        this.global = global;
        this.observed = observed;
    }

    synchronized int size() {
        return enlisted.size();
    }

    synchronized boolean isEmpty() {
        return enlisted.isEmpty();
    }

    /** The resource's branch, enlisted now if it was not; its work has not begun. */
    synchronized XaParticipant enlist(NamedXaResource resource) throws RollbackException, SystemException {
        XaParticipant known = find(resource);
        if (known != null) {
            return known;
        }
        try {
            BranchId branch = global.newBranch(resource.home().name());
            XaParticipant participant = resource.home().participant(branch, resource.driver(), resource.connection());
            global.enlist(branch, observed.apply(participant));
            enlisted.add(new Enlisted(resource.driver(), participant));
            return participant;
        } catch (TransactionServiceException e) {
            throw Failures.caused(
                    new RollbackException("no work in " + resource.home().name() + ": " + e.getMessage()), e);
        } catch (SQLException e) {
            throw Failures.caused(
                    new SystemException("resource " + resource.home().name() + " cannot be reached: " + e.getMessage()),
                    e);
        }
    }

    @SuppressWarnings("ReferenceEquality") // drivers' equals() means other things, and there are few branches
    synchronized @Nullable XaParticipant find(XAResource resource) {
        XAResource driver = resource instanceof NamedXaResource named ? named.driver() : resource;
        for (Enlisted candidate : enlisted) {
            if (candidate.driver == driver) {
                return candidate.participant;
            }
        }
        return null;
    }

    /** Ends the work of all, even if some fail to; gives the first failure. */
    synchronized Optional<Throwable> endAll(boolean successful) {
        Optional<Throwable> failure = Optional.empty();
        for (Enlisted branch : enlisted) {
            try {
                branch.participant.end(successful);
            } catch (XAException | RuntimeException | Error e) {
                // A driver's Error must not leave the other branches open, with their locks.
                failure = failure.or(() -> Optional.of(e));
            }
        }
        return failure;
    }

    /** A branch, by the driver's own resource object, whatever that is wrapped in. */
    private record Enlisted(XAResource driver, XaParticipant participant) {}
}
