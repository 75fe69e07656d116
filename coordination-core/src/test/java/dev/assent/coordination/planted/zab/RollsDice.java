package dev.assent.coordination.planted.zab;

import java.util.UUID;

/** Planted: randomness in a pure package. */
final class RollsDice {
    UUID roll() {
        return UUID.randomUUID();
    }
}
