package dev.assent.coordination.tree;

import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.WatchSet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for what on one server. Not thread-safe: its owner guards it, together with the tree it belongs to, so
 * that no change slips between a read and the watch it sets.
 *
 * @param <W> a watcher, say a client's connection: a map key, compared by equality
 */
public final class Watches<W> {
    private final int watchesPerWatcherMax;
    private final Map<String, Map<W, EnumSet<WatchMode>>> byPath = new HashMap<>();
    private final Map<W, Set<String>> byWatcher = new HashMap<>();
    private int count;
    private int recursiveCount;

    /** With a limit, of at least 1, on the paths that one watcher may watch. */
    public Watches(int watchesPerWatcherMax) {
        if (watchesPerWatcherMax < 1) {
            throw new IllegalArgumentException("watchesPerWatcherMax is " + watchesPerWatcherMax + ", not positive");
        }
        this.watchesPerWatcherMax = watchesPerWatcherMax;
    }

    /** Sets a watch; false if that would be one too many for its watcher. Setting it twice is setting it once. */
    public boolean add(W watcher, String path, WatchMode mode) {
        Set<String> paths = byWatcher.computeIfAbsent(watcher, absent -> new LinkedHashSet<>());
        if (!paths.contains(path) && paths.size() >= watchesPerWatcherMax) {
            return false;
        }
        if (paths.add(path)) {
            count++;
        }
        EnumSet<WatchMode> modes = byPath.computeIfAbsent(path, absent -> new LinkedHashMap<>())
                .computeIfAbsent(watcher, absent -> EnumSet.noneOf(WatchMode.class));
        if (modes.add(mode) && mode == WatchMode.PERSISTENT_RECURSIVE) {
            recursiveCount++;
        }
        return true;
    }

    /**
     * Those who wait for {@code trigger}, each once, in the order in which they set their watches: of the znode first,
     * then of those above it. Their one-shot watches are used up. Who of them may read the znode is the caller's to
     * check, see {@link Trigger#acl}.
     */
    public List<W> trigger(Trigger trigger) {
        String path = trigger.path().value();
        Map<W, EnumSet<WatchMode>> here = byPath.get(path);
        if (here == null && recursiveCount == 0) {
            return List.of();
        }
        Set<W> told = new LinkedHashSet<>();
        if (here != null) {
            tellHere(path, here, waitedFor(trigger.type()), told);
        }
        if (recursiveCount > 0 && trigger.type() != EventType.NODE_CHILDREN_CHANGED) {
            tellAbove(path, told);
        }
        return List.copyOf(told);
    }

    private void tellHere(String path, Map<W, EnumSet<WatchMode>> here, EnumSet<WatchMode> modes, Set<W> told) {
        for (W watcher : new ArrayList<>(here.keySet())) {
            EnumSet<WatchMode> set = modesOf(watcher, path);
            EnumSet<WatchMode> met = EnumSet.copyOf(set);
            met.retainAll(modes);
            if (!met.isEmpty()) {
                told.add(watcher);
                met.removeIf(mode -> !mode.oneShot());
                drop(watcher, path, met);
            }
        }
    }

    private void tellAbove(String path, Set<W> told) {
        String above = path;
        while (above.length() > 1) {
            above = OpPreparer.parentOf(above);
            Map<W, EnumSet<WatchMode>> watchers = byPath.getOrDefault(above, Map.of());
            for (Map.Entry<W, EnumSet<WatchMode>> entry : watchers.entrySet()) {
                if (entry.getValue().contains(WatchMode.PERSISTENT_RECURSIVE)) {
                    told.add(entry.getKey());
                }
            }
        }
    }

    private static EnumSet<WatchMode> waitedFor(EventType type) {
        return switch (type) {
            case NODE_CREATED, NODE_DATA_CHANGED ->
                EnumSet.of(WatchMode.DATA, WatchMode.PERSISTENT, WatchMode.PERSISTENT_RECURSIVE);
            case NODE_DELETED -> EnumSet.allOf(WatchMode.class);
            case NODE_CHILDREN_CHANGED -> EnumSet.of(WatchMode.CHILD, WatchMode.PERSISTENT);
        };
    }

    /** Removes the watches of these modes; false if there was none. */
    public boolean remove(W watcher, String path, EnumSet<WatchMode> modes) {
        EnumSet<WatchMode> removed = EnumSet.copyOf(modesOf(watcher, path));
        removed.retainAll(modes);
        drop(watcher, path, removed);
        return !removed.isEmpty();
    }

    /** Whether a watch of any of these modes is set. */
    public boolean contains(W watcher, String path, EnumSet<WatchMode> modes) {
        return modesOf(watcher, path).stream().anyMatch(modes::contains);
    }

    /** The watcher is gone. */
    public void removeAll(W watcher) {
        for (String path : new ArrayList<>(byWatcher.getOrDefault(watcher, Set.of()))) {
            drop(watcher, path, EnumSet.allOf(WatchMode.class));
        }
        byWatcher.remove(watcher);
    }

    /** How many paths are watched, counted once for each watcher. */
    public int count() {
        return count;
    }

    public int count(W watcher) {
        return byWatcher.getOrDefault(watcher, Set.of()).size();
    }

    /** How many watchers there are, and how many different paths they watch. */
    public int watchers() {
        return byWatcher.size();
    }

    public int paths() {
        return byPath.size();
    }

    /** How many watch a path itself. */
    public int countAt(String path) {
        return byPath.getOrDefault(path, Map.of()).size();
    }

    /** Who watches a path itself, so many of them at most, those who have for longest first. */
    public List<W> someAt(String path, int max) {
        return byPath.getOrDefault(path, Map.of()).keySet().stream().limit(max).toList();
    }

    /** That somebody watches a path, in whatever way. */
    public record Watched<W>(String path, W watcher) {}

    /** So many of them at most, by path. */
    public List<Watched<W>> some(int max) {
        return byPath.entrySet().stream()
                .flatMap(
                        here -> here.getValue().keySet().stream().map(watcher -> new Watched<>(here.getKey(), watcher)))
                .limit(max)
                .toList();
    }

    private EnumSet<WatchMode> modesOf(W watcher, String path) {
        EnumSet<WatchMode> modes = byPath.getOrDefault(path, Map.of()).get(watcher);
        return modes == null ? EnumSet.noneOf(WatchMode.class) : modes;
    }

    private void drop(W watcher, String path, EnumSet<WatchMode> modes) {
        Map<W, EnumSet<WatchMode>> watchers = byPath.get(path);
        EnumSet<WatchMode> set = watchers == null ? null : watchers.get(watcher);
        if (watchers == null || set == null) {
            return;
        }
        if (modes.contains(WatchMode.PERSISTENT_RECURSIVE) && set.contains(WatchMode.PERSISTENT_RECURSIVE)) {
            recursiveCount--;
        }
        set.removeAll(modes);
        if (set.isEmpty()) {
            watchers.remove(watcher);
            if (watchers.isEmpty()) {
                byPath.remove(path);
            }
            forgetPath(watcher, path);
        }
    }

    private void forgetPath(W watcher, String path) {
        Set<String> paths = byWatcher.get(watcher);
        if (paths != null) {
            if (paths.remove(path)) {
                count--;
            }
            if (paths.isEmpty()) {
                byWatcher.remove(watcher);
            }
        }
    }

    /** Something that a client missed while it was disconnected. */
    public record Missed(EventType type, String path) {}

    /**
     * Sets the watches that a reconnected client brings along, but those whose event has happened since it last heard
     * from the ensemble: these are used up, and reported at once. Empty if they are too many for one watcher.
     */
    public Optional<List<Missed>> restore(W watcher, WatchSet set, DataTree tree) {
        List<Missed> missed = new ArrayList<>();
        boolean within = true;
        for (String path : set.data()) {
            within &= restore(watcher, path, WatchMode.DATA, missedData(tree.node(path), set.relativeZxid()), missed);
        }
        for (String path : set.exist()) {
            EventType event = tree.node(path) == null ? null : EventType.NODE_CREATED;
            within &= restore(watcher, path, WatchMode.DATA, event, missed);
        }
        for (String path : set.child()) {
            within &= restore(
                    watcher, path, WatchMode.CHILD, missedChildren(tree.node(path), set.relativeZxid()), missed);
        }
        for (String path : set.persistent()) {
            within &= add(watcher, path, WatchMode.PERSISTENT);
        }
        for (String path : set.recursive()) {
            within &= add(watcher, path, WatchMode.PERSISTENT_RECURSIVE);
        }
        return within ? Optional.of(missed) : Optional.empty();
    }

    private boolean restore(W watcher, String path, WatchMode mode, @Nullable EventType event, List<Missed> missed) {
        if (event == null) {
            return add(watcher, path, mode);
        }
        missed.add(new Missed(event, path));
        return true;
    }

    private static @Nullable EventType missedData(@Nullable Znode node, long relativeZxid) {
        if (node == null) {
            return EventType.NODE_DELETED;
        }
        return node.mzxid() > relativeZxid ? EventType.NODE_DATA_CHANGED : null;
    }

    private static @Nullable EventType missedChildren(@Nullable Znode node, long relativeZxid) {
        if (node == null) {
            return EventType.NODE_DELETED;
        }
        return node.pzxid() > relativeZxid ? EventType.NODE_CHILDREN_CHANGED : null;
    }
}
