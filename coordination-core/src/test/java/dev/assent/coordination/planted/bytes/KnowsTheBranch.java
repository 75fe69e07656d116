package dev.assent.coordination.planted.bytes;

import dev.assent.coordination.planted.tree.Branch;

/** Planted: a format knows what it is used for. */
record KnowsTheBranch(Branch branch) {}
