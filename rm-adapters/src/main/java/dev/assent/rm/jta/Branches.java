package dev.assent.rm.jta;

import dev.assent.rm.xa.XaError;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** The branches of one transaction that this process works on; one for each driver's resource object. */
final class Branches {
    private final GlobalTransaction global;
    /** By the driver's own object, whatever it is wrapped in; drivers' equals() means other things. */
    private final IdentityHashMap<XAResource, XaParticipant> byDriver = new IdentityHashMap<>();

    Branches(GlobalTransaction global) {
        this.global = global;
    }

    synchronized boolean isEmpty() {
        return byDriver.isEmpty();
    }

    /** Enlists the resource, or lets its branch go on; its work has begun when this returns. */
    synchronized XaParticipant start(NamedXaResource resource) throws RollbackException, SystemException {
        XaParticipant known = byDriver.get(resource.driver());
        try {
            XaParticipant participant = known != null ? known : enlist(resource);
            participant.start();
            return participant;
        } catch (XAException e) {
            throw failure("resource " + resource.home().name() + " did not begin its work: " + XaError.describe(e), e);
        } catch (SQLException e) {
            throw failure("resource " + resource.home().name() + " cannot be reached: " + e.getMessage(), e);
        }
    }

    private XaParticipant enlist(NamedXaResource resource) throws RollbackException, SQLException {
        BranchId branch = global.newBranch(resource.home().name());
        XaParticipant participant = resource.home().participant(branch, resource.driver(), resource.connection());
        try {
            global.enlist(branch, participant);
        } catch (TransactionServiceException e) {
            throw Failures.caused(
                    new RollbackException("no work in " + resource.home().name() + ": " + e.getMessage()), e);
        }
        byDriver.put(resource.driver(), participant);
        return participant;
    }

    synchronized @Nullable XaParticipant find(XAResource resource) {
        return byDriver.get(resource instanceof NamedXaResource named ? named.driver() : resource);
    }

    /** Ends the work of all. */
    synchronized void endAll(boolean successful) throws XAException {
        for (XaParticipant participant : byDriver.values()) {
            participant.end(successful);
        }
    }

    private static SystemException failure(String message, Exception cause) {
        return Failures.caused(new SystemException(message), cause);
    }
}
