/**
 * Three-phase commit (Skeen, "Nonblocking Commit Protocols", 1981) whose decision is a Paxos register among the
 * participants and the coordinator nodes, and so safe under partitions, which the textbook's is not (Gray and Lamport,
 * "Consensus on Transaction Commit", 2006, has the same view).
 *
 * <p>{@link dev.assent.tx.protocol.threephase.ThreePhaseCommit} coordinates one transaction;
 * {@link dev.assent.tx.protocol.threephase.Termination} ends it from any participant or node once somebody suspects the
 * coordinator. No store is asked on the way.
 *
 * <p>The invariant: no branch commits before a majority of the acceptors has durably accepted COMMIT under one ballot,
 * and COMMIT is proposed afresh once only: by the coordinator, under ballot 0, after every vote was yes.
 */
@NullMarked
package dev.assent.tx.protocol.threephase;

import org.jspecify.annotations.NullMarked;
