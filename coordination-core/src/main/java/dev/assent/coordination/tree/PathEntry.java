package dev.assent.coordination.tree;

import dev.assent.coordination.model.ZnodePath;

/** A path as a member of a persistent set. */
record PathEntry(ZnodePath path) implements HashTrie.Entry<PathEntry>, HashTrie.Probe<PathEntry> {
    @Override
    public int trieHash() {
        return HashTrie.spread(path.value().hashCode());
    }

    @Override
    public int compareKey(PathEntry other) {
        return path.compareTo(other.path);
    }

    @Override
    public boolean matches(PathEntry entry) {
        return path.equals(entry.path);
    }
}
