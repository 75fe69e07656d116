/**
 * One decision among several processes: Paxos for a single value (Lamport, "Paxos Made Simple", 2001), as pure state
 * machines. It is no commit protocol; the protocols whose decision lies in such a register use it.
 *
 * <p>{@link dev.assent.tx.protocol.paxos.PaxosRegister} is what one acceptor knows of one transaction;
 * {@link dev.assent.tx.protocol.paxos.Proposer} asks the acceptors and {@link dev.assent.tx.protocol.paxos.Learner}
 * counts what they accepted. The shell carries requests and makes registers durable; the simulation runs the same
 * classes.
 *
 * <p>The invariant: what an acceptor says is durable before it is said, so no two decisions are ever chosen for one
 * transaction, whoever crashes, and whatever is lost, late or repeated.
 */
@NullMarked
package dev.assent.tx.protocol.paxos;

import org.jspecify.annotations.NullMarked;
