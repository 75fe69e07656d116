package dev.assent.coordination.planted.quorum;

import dev.assent.coordination.planted.election.KnowsTheProtocol;

/** Planted: arithmetic that knows its user. */
public record KnowsTheElection(KnowsTheProtocol user) {}
