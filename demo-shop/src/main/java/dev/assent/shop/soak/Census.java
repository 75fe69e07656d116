package dev.assent.shop.soak;

import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many znodes there are below {@code /assent}, by the folder that they are in.
 *
 * @param folders {@code /assent/x} and how many znodes are in it
 */
record Census(Map<String, Integer> folders) {
    private static final String ROOT = "/assent";
    private static final int ZNODES_MAX = 1_000_000;

    /** A mark for each shard that ever forgot a decision: of nodes, and of coordinators within processes. */
    private static final Map<String, Integer> KEPT = Map.of(ROOT + "/gc", 1 + 16 + 16);

    Census {
        folders = new TreeMap<>(folders);
    }

    static Census take(StoreSession store) throws IOException {
        Map<String, Integer> folders = new TreeMap<>();
        for (String folder : children(store, ROOT)) {
            folders.put(ROOT + "/" + folder, count(store, ROOT + "/" + folder));
        }
        return new Census(folders);
    }

    private static int count(StoreSession store, String folder) throws IOException {
        Deque<String> paths = new ArrayDeque<>(List.of(folder));
        int count = 0;
        while (!paths.isEmpty() && count < ZNODES_MAX) {
            String path = paths.removeFirst();
            count++;
            children(store, path).forEach(child -> paths.addLast(path + "/" + child));
        }
        return count;
    }

    private static List<String> children(StoreSession store, String path) throws IOException {
        try {
            return store.await(store.children(path), "counting znodes");
        } catch (StoreException failed) {
            if (failed.is(StoreCode.NONODE)) {
                return List.of(); // deleted since its parent was listed
            }
            throw failed;
        }
    }

    /** The folders that have more than {@code idle} has, in words. */
    List<String> above(Census idle) {
        return folders.entrySet().stream()
                .filter(folder -> folder.getValue()
                        > KEPT.getOrDefault(folder.getKey(), idle.folders().getOrDefault(folder.getKey(), 0)))
                .map(folder -> folder.getKey() + " has " + folder.getValue() + " znodes, and had "
                        + idle.folders().getOrDefault(folder.getKey(), 0) + " when idle")
                .toList();
    }

    int all() {
        return folders.values().stream().mapToInt(Integer::intValue).sum();
    }
}
