package dev.assent.coordination.planted.election;

import dev.assent.coordination.planted.zab.KnowsTheTree;

/** Planted: the election knows the protocol above it. */
public record KnowsTheProtocol(KnowsTheTree protocol) {}
