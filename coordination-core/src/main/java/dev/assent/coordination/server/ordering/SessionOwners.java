package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The leader's knowledge of which connection each session is on. Where two claim one session, the larger tenure wins, and
 * whoever holds the other is told to close it. On the replica loop's thread.
 */
final class SessionOwners {
    private static final long OVER = Long.MAX_VALUE;

    private final Primary.Context context;
    private final Epoch epoch;
    private final Predicate<SessionId> open;
    private final Map<SessionId, Owner> owners = new HashMap<>();
    private long moves;

    private record Owner(ServerId server, long tenure) {}

    /**
     * Of nobody at first.
     *
     * @param open whether a session will be open once everything under way is committed
     */
    SessionOwners(Primary.Context context, Epoch epoch, Predicate<SessionId> open) {
        this.context = context;
        this.epoch = epoch;
        this.open = open;
    }

    /** The server that holds the session's connection, if that is known. */
    Optional<ServerId> server(SessionId session) {
        return Optional.ofNullable(owners.get(session)).map(Owner::server);
    }

    void opened(SessionId session, ServerId server) {
        owners.put(session, new Owner(server, 0));
    }

    /** The session goes to another connection, at {@code to}; returns the tenure of that. */
    long move(SessionId session, ServerId to) {
        moves++;
        long tenure = (long) epoch.value() << 32 | moves;
        displace(owners.put(session, new Owner(to, tenure)), session, tenure);
        return tenure;
    }

    /** Whether the session is still on the connection at {@code server} that has this tenure; learns from it. */
    boolean isOn(ServerId server, SessionId session, long tenure) {
        Owner owner = owners.get(session);
        if (owner != null && owner.tenure >= tenure) {
            return owner.tenure == tenure;
        }
        if (open.test(session)) {
            owners.put(session, new Owner(server, tenure));
        }
        return true;
    }

    /** A session may have been closed, or have moved on, while its server was on its own. */
    void claimed(ServerId from, Claim claim) {
        SessionId session = claim.session();
        Owner owner = owners.get(session);
        if (!open.test(session)) {
            over(session, from);
        } else if (owner == null || owner.tenure < claim.tenure()) {
            owners.put(session, new Owner(from, claim.tenure()));
            displace(owner, session, claim.tenure());
        } else if (owner.tenure > claim.tenure()) {
            context.tell(from, new Displaced(session, owner.tenure));
        }
    }

    /** A server that speaks of a session as if it were open is told if it is not. */
    void mentioned(ServerId from, SessionId session) {
        if (!open.test(session)) {
            over(session, from);
        }
    }

    private void over(SessionId session, ServerId server) {
        context.tell(server, new Displaced(session, OVER));
    }

    private void displace(@Nullable Owner owner, SessionId session, long tenure) {
        if (owner != null) {
            context.tell(owner.server, new Displaced(session, tenure));
        }
    }

    void forget(SessionId session) {
        owners.remove(session);
    }
}
