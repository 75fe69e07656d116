package dev.assent.coordination.zab;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;

/** A transaction with its place in the order. */
public record Proposal(Zxid zxid, Payload txn) {}
