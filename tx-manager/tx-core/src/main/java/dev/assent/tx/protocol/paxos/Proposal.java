package dev.assent.tx.protocol.paxos;

import dev.assent.tx.model.Decision;

/** A value under a ballot. */
public record Proposal(Ballot ballot, Decision value) {}
