package dev.assent.coordination.tree;

import dev.assent.coordination.model.Invariants;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state as it will be once everything proposed is committed: the committed tree under a thin layer of what the
 * proposals under way change. A request stages its changes first, and they count or vanish as a whole.
 */
final class PendingState {

    /** The latest pending form of a znode; none if it will be gone. */
    private record Entry(@Nullable PendingZnode node, long proposal) {}

    private record SessionEntry(boolean open, long proposal) {}

    /** What a transaction under way touches. */
    private static final class Proposal {
        final long number;
        final String[] paths;
        final @Nullable SessionId session;

        Proposal(long number, String[] paths, @Nullable SessionId session) {
            this.number = number;
            this.paths = paths;
            this.session = session;
        }
    }

    private static final String[] NO_PATHS = {};
    private static final Entry GONE = new Entry(null, 0);

    private DataTree committed;
    private final Map<String, Entry> nodes = new HashMap<>();
    private final Map<SessionId, SessionEntry> sessions = new HashMap<>();
    /** The paths in {@link #nodes} that will be ephemeral, by their owner: no session is looked for among all others'. */
    private final Map<Long, Set<String>> ephemerals = new HashMap<>();

    private final Deque<Proposal> proposals = new ArrayDeque<>();
    private final Map<String, Entry> staged = new LinkedHashMap<>();
    private long proposalsMade;

    PendingState(DataTree committed) {
        this.committed = committed;
    }

    @Nullable
    PendingZnode node(String path) {
        Entry entry = staged.isEmpty() ? null : staged.get(path);
        if (entry == null && !nodes.isEmpty()) {
            entry = nodes.get(path);
        }
        if (entry != null) {
            return entry.node;
        }
        Znode node = committed.node(path);
        return node == null ? null : PendingZnode.of(node);
    }

    /** Whether the leader is to delete the znode at {@code wallMillis}, and nothing under way touches it. */
    boolean isDue(String path, long wallMillis) {
        Znode node = nodes.containsKey(path) ? null : committed.node(path);
        return node != null && node.dueMillis() <= wallMillis;
    }

    boolean isOpen(SessionId id) {
        SessionEntry entry = sessions.isEmpty() ? null : sessions.get(id);
        return entry == null ? committed.session(id).isPresent() : entry.open;
    }

    void stage(String path, PendingZnode node) {
        staged.put(path, new Entry(node, 0));
    }

    void stageGone(String path) {
        staged.put(path, GONE);
    }

    /** Forgets what the refused request staged. */
    void discard() {
        staged.clear();
    }

    /** One transaction is proposed, with what is staged; a refused request stages nothing. */
    void proposed() {
        propose(null);
    }

    void proposedOpening(SessionId session) {
        sessions.put(session, new SessionEntry(true, proposalsMade + 1));
        propose(session);
    }

    void proposedClosing(SessionId session) {
        sessions.put(session, new SessionEntry(false, proposalsMade + 1));
        propose(session);
    }

    private void propose(@Nullable SessionId session) {
        long number = ++proposalsMade;
        String[] paths = staged.isEmpty() ? NO_PATHS : staged.keySet().toArray(NO_PATHS);
        staged.forEach((path, entry) -> replace(path, new Entry(entry.node, number)));
        staged.clear();
        proposals.add(new Proposal(number, paths, session));
    }

    /** The oldest proposal is committed, and {@code tree} is the state with it. */
    void delivered(DataTree tree) {
        Proposal oldest = Invariants.present(proposals.poll(), "a delivery without a proposal");
        committed = tree;
        for (String path : oldest.paths) {
            Entry entry = nodes.get(path);
            if (entry != null && entry.proposal == oldest.number) {
                nodes.remove(path);
                disown(path, entry);
            }
        }
        SessionId session = oldest.session;
        if (session != null) {
            SessionEntry entry = sessions.get(session);
            if (entry != null && entry.proposal == oldest.number) {
                sessions.remove(session);
            }
        }
    }

    /** How many proposals are under way. */
    int underWay() {
        return proposals.size();
    }

    private void replace(String path, Entry entry) {
        Entry before = nodes.put(path, entry);
        if (before != null) {
            disown(path, before);
        }
        if (entry.node != null && entry.node.isEphemeral()) {
            ephemerals
                    .computeIfAbsent(entry.node.ephemeralOwner(), owner -> new LinkedHashSet<>())
                    .add(path);
        }
    }

    private void disown(String path, Entry entry) {
        if (entry.node == null || !entry.node.isEphemeral()) {
            return;
        }
        Set<String> owned = ephemerals.get(entry.node.ephemeralOwner());
        if (owned != null && owned.remove(path) && owned.isEmpty()) {
            ephemerals.remove(entry.node.ephemeralOwner());
        }
    }

    /** The ephemeral znodes that {@code session} will own. Costs what the session has, however much is under way. */
    List<String> ephemerals(SessionId session) {
        List<String> owned = new ArrayList<>(1);
        Optional<SessionState> state = committed.session(session);
        if (state.isPresent()) {
            for (ZnodePath path : state.get().ephemerals()) {
                if (!nodes.containsKey(path.value())) {
                    owned.add(path.value());
                }
            }
        }
        // Those that something under way touches, and leaves as they are or makes.
        owned.addAll(ephemerals.getOrDefault(session.value(), Set.of()));
        return owned;
    }
}
