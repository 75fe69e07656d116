package dev.assent.coordination.planted.zab;

/** Planted: a thread in a pure package. */
final class StartsThreads {
    Thread start() {
        return new Thread(() -> {});
    }
}
