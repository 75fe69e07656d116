package dev.assent.coordination.planted.tree;

import dev.assent.coordination.planted.zab.KnowsFiles;

/** Planted: the tree knows the protocol. */
public record Branch(KnowsFiles files) {}
