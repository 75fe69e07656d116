package dev.assent.coordination.tree;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.invariants.Invariants;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every server knows of an open session. Immutable.
 *
 * <p>There may be very many, and they may end all at once: what ending one has to look at is kept in as few objects as
 * possible, since each costs a wait for memory. So the digest is kept, and the one ephemeral znode that most have
 * stands here by itself.
 */
public final class SessionState implements HashTrie.Entry<SessionState> {
    private final long id;
    private final SessionPassword password;
    private final int timeoutMillis;
    private final long digest;
    /** Its ephemeral znode, if it has exactly one. */
    private final @Nullable ZnodePath only;
    /** All of them, if it has several; empty otherwise. */
    private final HashTrie<PathEntry> several;

    /** Just opened. */
    SessionState(SessionId id, SessionPassword password, int timeoutMillis) {
        this.id = id.value();
        this.password = password;
        this.timeoutMillis = timeoutMillis;
        this.digest = Digest.ofSession(id, password, timeoutMillis);
        this.only = null;
        this.several = HashTrie.empty();
    }

    private SessionState(SessionState origin, @Nullable ZnodePath only, HashTrie<PathEntry> several) {
        this.id = origin.id;
        this.password = origin.password;
        this.timeoutMillis = origin.timeoutMillis;
        this.digest = origin.digest;
        this.only = only;
        this.several = several;
    }

    public SessionId id() {
        return new SessionId(id);
    }

    public SessionPassword password() {
        return password;
    }

    public int timeoutMillis() {
        return timeoutMillis;
    }

    /** See {@link Digest#ofSession}. */
    long digest() {
        return digest;
    }

    public int ephemeralCount() {
        return only == null ? several.size() : 1;
    }

    /** The paths of its ephemeral znodes, in an order that all servers share. */
    public List<ZnodePath> ephemerals() {
        if (only != null) {
            return List.of(only);
        }
        if (several.isEmpty()) {
            return List.of();
        }
        List<ZnodePath> paths = new ArrayList<>(several.size());
        several.forEach(entry -> paths.add(entry.path()));
        return paths;
    }

    SessionState withEphemeral(ZnodePath path) {
        if (only == null && several.isEmpty()) {
            return new SessionState(this, path, several);
        }
        HashTrie<PathEntry> before = only == null ? several : several.with(new PathEntry(only));
        return new SessionState(this, null, before.with(new PathEntry(path)));
    }

    SessionState withoutEphemeral(ZnodePath path) {
        if (only != null) {
            Invariants.check(only.equals(path), "removed an ephemeral znode that is not there");
            return new SessionState(this, null, several);
        }
        HashTrie<PathEntry> left = several.without(new PathEntry(path));
        return left.size() == 1
                ? new SessionState(this, left.iterator().next().path(), HashTrie.empty())
                : new SessionState(this, null, left);
    }

    /**
     * Only what tells leaders and their epochs apart is spread: below it sessions are counted up (see {@link SessionIds}),
     * so those that were opened together, and often end together, stand in the same few nodes of the trie.
     */
    static int hashOf(long id) {
        return (int) id ^ HashTrie.spread((int) (id >>> Integer.SIZE));
    }

    @Override
    public int trieHash() {
        return hashOf(id);
    }

    @Override
    public int compareKey(SessionState other) {
        return Long.compare(id, other.id);
    }

    /** Looks for a session. */
    record Key(long id) implements HashTrie.Probe<SessionState> {
        @Override
        public int trieHash() {
            return hashOf(id);
        }

        @Override
        public boolean matches(SessionState entry) {
            return entry.id == id;
        }
    }
}
