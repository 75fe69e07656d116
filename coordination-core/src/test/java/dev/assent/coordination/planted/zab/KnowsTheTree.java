package dev.assent.coordination.planted.zab;

import dev.assent.coordination.planted.tree.Branch;

/** Planted: the protocol knows what is replicated. */
public record KnowsTheTree(Branch branch) {}
