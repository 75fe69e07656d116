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
    private final Map<SessionId, Binding> bindings = new LinkedHashMap<>();

    private record Binding(Client client, long tenure) {}

    /** A client has its session; what is returned is the older connection that it replaces, if any. */
    Optional<Client> bind(SessionId session, Client client, long tenure) {
        Binding earlier = bindings.put(session, new Binding(client, tenure));
        return Optional.ofNullable(earlier).map(Binding::client).filter(other -> !other.equals(client));
    }

    /** The session is on a connection with this tenure: an older one here loses it. */
    Optional<Client> displace(SessionId session, long tenure) {
        Binding binding = bindings.get(session);
        if (binding == null || binding.tenure() >= tenure) {
            return Optional.empty();
        }
        bindings.remove(session);
        return Optional.of(binding.client());
    }

    /** The session is over. */
    Optional<Client> close(SessionId session) {
        return Optional.ofNullable(bindings.remove(session)).map(Binding::client);
    }

    /** The connection is gone; its session may go on elsewhere. */
    void leave(SessionId session, Client client) {
        Binding binding = bindings.get(session);
        if (binding != null && binding.client().equals(client)) {
            bindings.remove(session);
        }
    }

    List<Claim> claims() {
        List<Claim> claims = new ArrayList<>(bindings.size());
        bindings.forEach((session, binding) -> claims.add(new Claim(session, binding.tenure())));
        return claims;
    }

    void clear() {
        bindings.clear();
    }
}
