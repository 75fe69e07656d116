package dev.assent.coordination.tree;

import dev.assent.coordination.model.ZnodePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Paths, gathered under their parents: in the order in which the first of each parent's came. */
final class Siblings {
    private final Map<ZnodePath, List<ZnodePath>> byParent = new LinkedHashMap<>();
    /** Of the last path: the next one's parent is the same as a rule, and need not be made and looked up again. */
    private ZnodePath parent = ZnodePath.ROOT;

    private List<ZnodePath> siblings = new ArrayList<>();

    /** Any path but the root. */
    void add(ZnodePath path) {
        if (siblings.isEmpty() || !isIn(parent.value(), path.value())) {
            parent = path.parent();
            siblings = byParent.computeIfAbsent(parent, first -> new ArrayList<>());
        }
        siblings.add(path);
    }

    private static boolean isIn(String parent, String path) {
        int parentEnd = parent.length() == 1 ? 0 : parent.length();
        return path.lastIndexOf('/') == parentEnd && path.startsWith(parent);
    }

    void forEach(BiConsumer<ZnodePath, List<ZnodePath>> action) {
        byParent.forEach(action);
    }
}
