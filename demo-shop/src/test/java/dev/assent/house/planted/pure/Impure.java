package dev.assent.house.planted.pure;

import dev.assent.time.Clock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Breaks each rule for pure packages once. */
final class Impure {
    private final Map<String, Integer> inNoOrder = new HashMap<>();

    Path knowsFiles() {
        return Path.of("somewhere");
    }

    Thread startsThreads() {
        return new Thread(() -> {});
    }

    long readsTheClock(Clock clock) {
        return clock.epochMillis() + System.nanoTime();
    }

    Instant readsIt() {
        return Instant.now();
    }

    UUID rollsDice() {
        return UUID.randomUUID();
    }

    Iterable<String> iteratesInNoOrder() {
        return Map.of("a", List.copyOf(inNoOrder.keySet())).keySet();
    }
}
