package dev.assent.tx.planted.protocol.first;

import dev.assent.tx.planted.protocol.second.AnotherProtocol;

/** Breaks: a protocol knows no other one. */
final class KnowsAnotherProtocol {
    private KnowsAnotherProtocol() {}

    static String ask() {
        return AnotherProtocol.name();
    }
}
