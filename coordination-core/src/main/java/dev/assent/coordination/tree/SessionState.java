package dev.assent.coordination.tree;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.ZnodePath;
import java.util.ArrayList;
import java.util.List;

/** What every server knows of an open session. Immutable. */
public final class SessionState implements HashTrie.Entry<SessionState> {
    private final SessionId id;
    private final SessionPassword password;
    private final int timeoutMillis;
    private final HashTrie<PathEntry> ephemerals;

    SessionState(SessionId id, SessionPassword password, int timeoutMillis, HashTrie<PathEntry> ephemerals) {
        this.id = id;
        this.password = password;
        this.timeoutMillis = timeoutMillis;
        this.ephemerals = ephemerals;
    }

    public SessionId id() {
        return id;
    }

    public SessionPassword password() {
        return password;
    }

    public int timeoutMillis() {
        return timeoutMillis;
    }

    public int ephemeralCount() {
        return ephemerals.size();
    }

    /** The paths of its ephemeral znodes, in an order that all servers share. */
    public List<ZnodePath> ephemerals() {
        List<ZnodePath> paths = new ArrayList<>(ephemerals.size());
        ephemerals.forEach(entry -> paths.add(entry.path()));
        return paths;
    }

    SessionState withEphemeral(ZnodePath path) {
        return new SessionState(id, password, timeoutMillis, ephemerals.with(new PathEntry(path)));
    }

    SessionState withoutEphemeral(ZnodePath path) {
        return new SessionState(id, password, timeoutMillis, ephemerals.without(new PathEntry(path)));
    }

    static int hashOf(long id) {
        return HashTrie.spread(Long.hashCode(id));
    }

    @Override
    public int trieHash() {
        return hashOf(id.value());
    }

    @Override
    public int compareKey(SessionState other) {
        return id.compareTo(other.id);
    }

    /** Looks for a session. */
    record Key(long id) implements HashTrie.Probe<SessionState> {
        @Override
        public int trieHash() {
            return hashOf(id);
        }

        @Override
        public boolean matches(SessionState entry) {
            return entry.id.value() == id;
        }
    }
}
