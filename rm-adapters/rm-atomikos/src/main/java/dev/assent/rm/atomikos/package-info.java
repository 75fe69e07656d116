/**
 * Atomikos' recovery log, kept in the replicated znode store instead of on the disk of the process.
 *
 * <p>Atomikos finds {@link dev.assent.rm.atomikos.ReplicatedLogFactory} by ServiceLoader. From then on a decision to
 * commit is a create-once znode under the epoch of the log's one owner, and recovery ends in-doubt branches by those
 * znodes and never by their age alone. The invariants: a decision exists before any branch is told to commit; a
 * branch is rolled back only when no decision can appear for it any more; a decision is deleted only after every
 * resource that may hold a branch of it has been asked.
 *
 * <p>From the outside in: {@code ReplicatedLog} is what Atomikos calls, {@code RecoveryPass} ends branches,
 * {@code KnownDecisions} and {@code RecoveryAction} decide without I/O, {@code ZnodeLog} talks to the store.
 *
 * <p>On top of it, {@link dev.assent.rm.atomikos.AtomikosResource} makes what Atomikos runs a branch of an Assent
 * transaction: {@code Subordinate} is one of them where it works, {@code SubordinateParticipant} all of them as the
 * coordinator tells them, {@code SubordinateVotes} what the log says of them. The invariant: what has voted is ended by
 * its superior's word, and by nothing else.
 */
@NullMarked
package dev.assent.rm.atomikos;

import org.jspecify.annotations.NullMarked;
