package dev.assent.coordination.planted.zab;

import java.util.HashMap;
import java.util.Map;

/** Planted: a collection without a defined order of iteration in the protocol. */
final class IteratesInNoOrder {
    private final Map<String, String> map = new HashMap<>();

    Iterable<String> keys() {
        return map.keySet();
    }
}
