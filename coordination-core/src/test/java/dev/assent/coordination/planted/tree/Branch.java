package dev.assent.coordination.planted.tree;

import dev.assent.coordination.planted.quorum.KnowsTheElection;

/** Planted: the tree knows the protocol's arithmetic. */
public record Branch(KnowsTheElection quorum) {}
