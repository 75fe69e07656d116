package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sessions whose connections this server holds. */
final class LocalSessions {
    private final Map<SessionId, Seat> seats = new LinkedHashMap<>();

    private record Seat(Client client, long tenure) {}

    /** A client has its session; what is returned is the older connection that it replaces, if any. */
    Optional<Client> seat(SessionId session, Client client, long tenure) {
        Seat earlier = seats.put(session, new Seat(client, tenure));
        return Optional.ofNullable(earlier).map(Seat::client).filter(other -> !other.equals(client));
    }

    /** The session is on a connection with this tenure: an older one here loses its seat. */
    Optional<Client> displace(SessionId session, long tenure) {
        Seat seat = seats.get(session);
        if (seat == null || seat.tenure() >= tenure) {
            return Optional.empty();
        }
        seats.remove(session);
        return Optional.of(seat.client());
    }

    /** The session is over. */
    Optional<Client> close(SessionId session) {
        return Optional.ofNullable(seats.remove(session)).map(Seat::client);
    }

    /** The connection is gone; its session may go on elsewhere. */
    void leave(SessionId session, Client client) {
        Seat seat = seats.get(session);
        if (seat != null && seat.client().equals(client)) {
            seats.remove(session);
        }
    }

    List<Claim> claims() {
        List<Claim> claims = new ArrayList<>(seats.size());
        seats.forEach((session, seat) -> claims.add(new Claim(session, seat.tenure())));
        return claims;
    }

    void clear() {
        seats.clear();
    }
}
