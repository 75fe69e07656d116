package dev.assent.coordination.planted.zab;

import dev.assent.coordination.planted.tree.Branch;

record KnowsTheTree(Branch branch) {}
