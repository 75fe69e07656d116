package dev.assent.coordination.tree;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.invariants.Invariants;
import java.util.ArrayDeque;
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

    /**
     * What is under way for a session.
     *
     * @param proposal the last one that opens or ends it
     * @param ending the last one that ends it; 0 if none does
     */
    private record SessionEntry(boolean open, long proposal, long ending) {}

    /** What a transaction under way touches. */
    private static final class Proposal {
        final long number;
        final String[] paths;
        /** Those that it opens or ends. */
        final List<SessionId> sessions;

        Proposal(long number, String[] paths, List<SessionId> sessions) {
            this.number = number;
            this.paths = paths;
            this.sessions = sessions;
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
        return node == null || endsWithItsSession(node) ? null : PendingZnode.of(node);
    }

    /** Ephemeral, and its session's end is under way: that is not noted for each znode, there may be very many. */
    private boolean endsWithItsSession(Znode node) {
        return !sessions.isEmpty() && node.isEphemeral() && isEnding(new SessionId(node.ephemeralOwner()));
    }

    /** Whether an end of the session is under way, though it may have been opened anew since. */
    private boolean isEnding(SessionId id) {
        SessionEntry entry = sessions.get(id);
        return entry != null && entry.ending > 0;
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
        propose(List.of());
    }

    void proposedOpening(SessionId session) {
        SessionEntry before = sessions.get(session);
        sessions.put(session, new SessionEntry(true, proposalsMade + 1, before == null ? 0 : before.ending));
        propose(List.of(session));
    }

    void proposedClosing(List<SessionId> closing) {
        SessionEntry over = new SessionEntry(false, proposalsMade + 1, proposalsMade + 1);
        closing.forEach(session -> sessions.put(session, over));
        propose(closing);
    }

    private void propose(List<SessionId> changed) {
        long number = ++proposalsMade;
        String[] paths = staged.isEmpty() ? NO_PATHS : staged.keySet().toArray(NO_PATHS);
        staged.forEach((path, entry) -> replace(path, new Entry(entry.node, number)));
        staged.clear();
        proposals.add(new Proposal(number, paths, changed));
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
        oldest.sessions.forEach(session -> delivered(session, oldest.number));
    }

    private void delivered(SessionId session, long proposal) {
        SessionEntry entry = sessions.get(session);
        if (entry != null && entry.proposal == proposal) {
            sessions.remove(session);
        } else if (entry != null && entry.ending == proposal) {
            sessions.put(session, new SessionEntry(entry.open, entry.proposal, 0));
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

    /**
     * Stages what ends with these sessions, each named once. Costs what they have, however much is under way. To be
     * followed by {@link #proposedClosing}.
     */
    void stageEphemeralsGone(List<SessionId> closing) {
        Siblings gone = new Siblings();
        for (SessionId session : closing) {
            Optional<SessionState> state = committed.session(session);
            if (state.isPresent() && !isEnding(session)) {
                for (ZnodePath path : state.get().ephemerals()) {
                    if (!nodes.containsKey(path.value())) {
                        gone.add(path);
                    }
                }
            }
            // Those that something under way makes, or changes.
            for (String path : ephemerals.getOrDefault(session.value(), Set.of())) {
                gone.add(new ZnodePath(path));
                stageGone(path);
            }
        }
        gone.forEach((parent, children) -> stageChildrenGone(parent, children.size()));
    }

    /** The znode at {@code path} will have so many children less. */
    void stageChildrenGone(ZnodePath path, int count) {
        PendingZnode parent = Invariants.present(node(path.value()), "%s is missing, which has children", path);
        stage(path.value(), parent.withChildrenDeleted(count));
    }
}
