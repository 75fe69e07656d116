/**
 * What databases' drivers do otherwise than X/Open XA says, put right: one policy for each database, whose
 * classes come with the database's own artifact ({@link dev.assent.rm.xa.quirk.DatabaseQuirks}). Here are the contracts,
 * and what holds for a database of which nothing is known.
 *
 * <p>{@link dev.assent.rm.xa.XaParticipant} asks the policy before it believes a driver. A policy holds no state and
 * is shared by all branches of a resource. Invariant: a vote for commit is given only for work that the database
 * holds durably prepared, and a read-only vote only for a branch that left nothing behind.
 */
@NullMarked
package dev.assent.rm.xa.quirk;

import org.jspecify.annotations.NullMarked;
