package dev.assent.tx.planted.shards;

import dev.assent.tx.planted.store.SomeStore;

/** Planted: it must be told what the store says. */
record KnowsTheStore(SomeStore store) {}
