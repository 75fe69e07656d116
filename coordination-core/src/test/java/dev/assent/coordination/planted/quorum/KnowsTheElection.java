package dev.assent.coordination.planted.quorum;

import dev.assent.coordination.planted.election.ReadsTheClock;

/** Planted: arithmetic that knows its user. */
public record KnowsTheElection(ReadsTheClock user) {}
