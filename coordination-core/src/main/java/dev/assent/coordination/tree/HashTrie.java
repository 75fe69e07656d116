package dev.assent.coordination.tree;

import dev.assent.invariants.Invariants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A persistent set of entries found by key: changing it makes a new one that shares all untouched branches.
 *
 * <p>A compressed hash-array mapped trie (Steindorfer, Vinju: "Optimizing Hash-Array Mapped Tries for Fast and Lean
 * Immutable JVM Collections", OOPSLA 2015). Its shape, and so its iteration order, depends on its entries only and
 * not on the way that led there: the same on every server.
 */
final class HashTrie<E extends HashTrie.Entry<E>> implements Iterable<E> {

    /** Something with a key. */
    interface Entry<E> {
        /** Of the key; well spread over all bits, see {@link #spread}. */
        int trieHash();

        /** Orders by key; 0 for equal keys. Used among equal hashes only. */
        int compareKey(E other);
    }

    /** A key to look for. */
    interface Probe<E> {
        int trieHash();

        boolean matches(E entry);
    }

    private static final int BITS = 5;
    private static final int MASK = 31;
    /** From this shift on the hash has no bits left: a node is a sorted list of entries with equal hashes. */
    private static final int SHIFT_END = 35;

    private static final String ABSENT = "removed an entry that is not there";

    private static final Node EMPTY_NODE = new Node(0, 0, new Object[0]);
    private static final HashTrie<?> EMPTY = new HashTrie<>(EMPTY_NODE, 0);

    private final Node root;
    private final int size;

    private HashTrie(Node root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked") // holds no entry of any type
    static <E extends Entry<E>> HashTrie<E> empty() {
        return (HashTrie<E>) EMPTY;
    }

    /** Spreads the information of a weak hash over all bits (the finalizer of MurmurHash3). */
    static int spread(int hash) {
        int h = hash;
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    E find(Probe<E> probe) {
        int hash = probe.trieHash();
        Node node = root;
        for (int shift = 0; shift < SHIFT_END; shift += BITS) {
            int bit = bitOf(hash, shift);
            if ((node.nodeMap & bit) != 0) {
                node = node.childAt(node.childIndex(bit));
                continue;
            }
            if ((node.entryMap & bit) == 0) {
                return null;
            }
            E entry = HashTrie.<E>entryAt(node, node.entryIndex(bit));
            return probe.matches(entry) ? entry : null;
        }
        for (int i = 0; i < node.slots.length; i++) {
            E entry = HashTrie.<E>entryAt(node, i);
            if (probe.matches(entry)) {
                return entry;
            }
        }
        return null;
    }

    /** This with {@code entry} in the place of the one with the same key, if any. */
    HashTrie<E> with(E entry) {
        Growth growth = new Growth();
        Node changed = insert(root, entry, 0, growth);
        return new HashTrie<>(changed, size + growth.added);
    }

    /** This without the entry of the same key, which must be here. */
    HashTrie<E> without(E entry) {
        return size == 1 ? empty() : new HashTrie<>(remove(root, entry, 0), size - 1);
    }

    /** This without the entries of the same keys, which must be here: what they share is made anew once. */
    HashTrie<E> withoutAll(List<E> entries) {
        if (entries.isEmpty()) {
            return this;
        }
        Node left = removeAll(root, sorted(entries), 0);
        return left.slots.length == 0 ? empty() : new HashTrie<>(left, size - entries.size());
    }

    private static final class Growth {
        int added;
    }

    private static <E extends Entry<E>> Node insert(Node node, E entry, int shift, Growth growth) {
        if (shift >= SHIFT_END) {
            return insertAmongEqualHashes(node, entry, growth);
        }
        int bit = bitOf(entry.trieHash(), shift);
        if ((node.nodeMap & bit) != 0) {
            int index = node.childIndex(bit);
            return node.withSlot(index, insert(node.childAt(index), entry, shift + BITS, growth));
        }
        int index = node.entryIndex(bit);
        if ((node.entryMap & bit) == 0) {
            growth.added = 1;
            return node.withEntry(bit, index, entry);
        }
        E present = HashTrie.<E>entryAt(node, index);
        if (present.compareKey(entry) == 0) {
            return node.withSlot(index, entry);
        }
        growth.added = 1;
        return node.entryToChild(bit, index, pair(present, entry, shift + BITS));
    }

    private static <E extends Entry<E>> Node insertAmongEqualHashes(Node node, E entry, Growth growth) {
        int index = 0;
        while (index < node.slots.length) {
            int order = HashTrie.<E>entryAt(node, index).compareKey(entry);
            if (order == 0) {
                return node.withSlot(index, entry);
            }
            if (order > 0) {
                break;
            }
            index++;
        }
        growth.added = 1;
        return new Node(0, 0, inserted(node.slots, index, entry));
    }

    private static <E extends Entry<E>> Node pair(E one, E other, int shift) {
        if (shift >= SHIFT_END) {
            boolean ordered = one.compareKey(other) < 0;
            return new Node(0, 0, ordered ? new Object[] {one, other} : new Object[] {other, one});
        }
        int oneBit = bitOf(one.trieHash(), shift);
        int otherBit = bitOf(other.trieHash(), shift);
        if (oneBit == otherBit) {
            return new Node(0, oneBit, new Object[] {pair(one, other, shift + BITS)});
        }
        boolean ordered = Integer.compareUnsigned(oneBit, otherBit) < 0;
        return new Node(oneBit | otherBit, 0, ordered ? new Object[] {one, other} : new Object[] {other, one});
    }

    private static <E extends Entry<E>> Node remove(Node node, E entry, int shift) {
        if (shift >= SHIFT_END) {
            return removeAmongEqualHashes(node, entry);
        }
        int bit = bitOf(entry.trieHash(), shift);
        if ((node.nodeMap & bit) == 0) {
            int index = node.entryIndex(bit);
            boolean present = (node.entryMap & bit) != 0
                    && HashTrie.<E>entryAt(node, index).compareKey(entry) == 0;
            Invariants.check(present, ABSENT);
            return node.withoutEntry(bit, index);
        }
        int index = node.childIndex(bit);
        Node child = remove(node.childAt(index), entry, shift + BITS);
        return child.isSingleEntry() ? node.childToEntry(bit, index, child.slots[0]) : node.withSlot(index, child);
    }

    private static <E extends Entry<E>> Node removeAmongEqualHashes(Node node, E entry) {
        for (int i = 0; i < node.slots.length; i++) {
            if (HashTrie.<E>entryAt(node, i).compareKey(entry) == 0) {
                return new Node(0, 0, removed(node.slots, i));
            }
        }
        throw new IllegalStateException(ABSENT);
    }

    /** Those that share a node of any level, one after the other. */
    private static <E extends Entry<E>> List<E> sorted(List<E> entries) {
        long[] order = new long[entries.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = (long) Integer.reverse(entries.get(i).trieHash()) << Integer.SIZE | i;
        }
        Arrays.sort(order);
        List<E> sorted = new ArrayList<>(order.length);
        for (long each : order) {
            sorted.add(entries.get((int) each));
        }
        return sorted;
    }

    private static <E extends Entry<E>> Node removeAll(Node node, List<E> entries, int shift) {
        if (entries.size() == 1 || shift >= SHIFT_END) {
            Node left = node;
            for (E entry : entries) {
                left = remove(left, entry, shift);
            }
            return left;
        }
        Thinning thinning = new Thinning(node);
        int from = 0;
        while (from < entries.size()) {
            int bit = bitOf(entries.get(from).trieHash(), shift);
            int to = from + 1;
            while (to < entries.size() && bitOf(entries.get(to).trieHash(), shift) == bit) {
                to++;
            }
            if ((node.nodeMap & bit) != 0) {
                Node child = node.childAt(node.childIndex(bit));
                thinning.replaceChild(bit, removeAll(child, entries.subList(from, to), shift + BITS));
            } else {
                boolean present = to == from + 1
                        && (node.entryMap & bit) != 0
                        && HashTrie.<E>entryAt(node, node.entryIndex(bit)).compareKey(entries.get(from)) == 0;
                Invariants.check(present, ABSENT);
                thinning.dropEntry(bit);
            }
            from = to;
        }
        return thinning.result();
    }

    private static int bitOf(int hash, int shift) {
        return 1 << ((hash >>> shift) & MASK);
    }

    @SuppressWarnings("unchecked") // below childCount-from-the-end, slots hold the trie's entries only
    private static <E extends Entry<E>> E entryAt(Node node, int index) {
        return (E) node.slots[index];
    }

    private static Object[] inserted(Object[] slots, int index, Object slot) {
        Object[] copy = new Object[slots.length + 1];
        System.arraycopy(slots, 0, copy, 0, index);
        copy[index] = slot;
        System.arraycopy(slots, index, copy, index + 1, slots.length - index);
        return copy;
    }

    private static Object[] removed(Object[] slots, int index) {
        Object[] copy = new Object[slots.length - 1];
        System.arraycopy(slots, 0, copy, 0, index);
        System.arraycopy(slots, index + 1, copy, index, copy.length - index);
        return copy;
    }

    /** Without the slot at {@code from}, and with {@code slot} at {@code to} of what is left. */
    private static Object[] moved(Object[] slots, int from, int to, Object slot) {
        Object[] copy = slots.clone();
        if (from < to) {
            System.arraycopy(slots, from + 1, copy, from, to - from);
        } else {
            System.arraycopy(slots, to, copy, to + 1, from - to);
        }
        copy[to] = slot;
        return copy;
    }

    /** A node of which many entries go, and whose children do or change. */
    private static final class Thinning {
        private final Node node;
        /** In the places of {@link #node}; a child of which one entry is left has given its place to that. */
        private final Object[] changed;

        private int entryMap;
        private int nodeMap;

        Thinning(Node node) {
            this.node = node;
            this.changed = node.slots.clone();
            this.entryMap = node.entryMap;
            this.nodeMap = node.nodeMap;
        }

        void dropEntry(int bit) {
            entryMap &= ~bit;
        }

        void replaceChild(int bit, Node child) {
            int index = node.childIndex(bit);
            if (child.slots.length == 0) {
                nodeMap &= ~bit;
            } else if (child.isSingleEntry()) {
                nodeMap &= ~bit;
                entryMap |= bit;
                changed[index] = child.slots[0];
            } else {
                changed[index] = child;
            }
        }

        Node result() {
            if (entryMap == node.entryMap && nodeMap == node.nodeMap) {
                return new Node(entryMap, nodeMap, changed);
            }
            Object[] slots = new Object[Integer.bitCount(entryMap) + Integer.bitCount(nodeMap)];
            int first = 0;
            for (int left = entryMap; left != 0; left &= left - 1) {
                int bit = Integer.lowestOneBit(left);
                slots[first++] = changed[(node.entryMap & bit) != 0 ? node.entryIndex(bit) : node.childIndex(bit)];
            }
            int last = slots.length;
            for (int left = nodeMap; left != 0; left &= left - 1) {
                slots[--last] = changed[node.childIndex(Integer.lowestOneBit(left))];
            }
            return new Node(entryMap, nodeMap, slots);
        }
    }

    /** Entries come first in the slots, in the order of their bits; children last, in the reverse order. */
    private static final class Node {
        final int entryMap;
        final int nodeMap;
        final Object[] slots;

        Node(int entryMap, int nodeMap, Object[] slots) {
            this.entryMap = entryMap;
            this.nodeMap = nodeMap;
            this.slots = slots;
        }

        int entryIndex(int bit) {
            return Integer.bitCount(entryMap & (bit - 1));
        }

        int childIndex(int bit) {
            return slots.length - 1 - Integer.bitCount(nodeMap & (bit - 1));
        }

        Node childAt(int index) {
            return (Node) slots[index];
        }

        int entryCount() {
            return slots.length - Integer.bitCount(nodeMap);
        }

        boolean isSingleEntry() {
            return slots.length == 1 && nodeMap == 0;
        }

        Node withSlot(int index, Object slot) {
            Object[] copy = slots.clone();
            copy[index] = slot;
            return new Node(entryMap, nodeMap, copy);
        }

        Node withEntry(int bit, int index, Object entry) {
            return new Node(entryMap | bit, nodeMap, inserted(slots, index, entry));
        }

        Node withoutEntry(int bit, int index) {
            return new Node(entryMap & ~bit, nodeMap, removed(slots, index));
        }

        Node entryToChild(int bit, int index, Node child) {
            int at = slots.length - 1 - Integer.bitCount(nodeMap & (bit - 1));
            return new Node(entryMap & ~bit, nodeMap | bit, moved(slots, index, at, child));
        }

        Node childToEntry(int bit, int index, Object entry) {
            return new Node(entryMap | bit, nodeMap & ~bit, moved(slots, index, entryIndex(bit), entry));
        }
    }

    @Override
    public Iterator<E> iterator() {
        return new Walk<>(root);
    }

    /** Entries of a node, then its children; depth-first. */
    private static final class Walk<E extends Entry<E>> implements Iterator<E> {
        private Node[] path = new Node[2];
        private int[] next = new int[2];
        private int depth = -1;

        Walk(Node root) {
            enter(root);
            settle();
        }

        private void enter(Node node) {
            depth++;
            if (depth == path.length) {
                path = Arrays.copyOf(path, depth * 2);
                next = Arrays.copyOf(next, depth * 2);
            }
            path[depth] = node;
            next[depth] = 0;
        }

        private void settle() {
            while (depth >= 0) {
                Node node = path[depth];
                if (next[depth] < node.entryCount()) {
                    return;
                }
                if (next[depth] < node.slots.length) {
                    enter(node.childAt(next[depth]++));
                } else {
                    depth--;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return depth >= 0;
        }

        @Override
        public E next() {
            if (depth < 0) {
                throw new NoSuchElementException();
            }
            E entry = HashTrie.<E>entryAt(path[depth], next[depth]++);
            settle();
            return entry;
        }
    }
}
