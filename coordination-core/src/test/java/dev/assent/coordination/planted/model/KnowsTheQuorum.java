package dev.assent.coordination.planted.model;

import dev.assent.coordination.planted.quorum.KnowsTheElection;

/** Planted: a noun that knows arithmetic. */
public record KnowsTheQuorum(KnowsTheElection election) {}
