/**
 * Fast leader election: who has the longest history among a quorum, found by exchanging votes.
 *
 * <p>Only a good guess is needed: synchronization checks the histories again, so a wrong choice costs time and never
 * a transaction. The election round belongs to this package alone; it is not an epoch and is never durable.
 */
@NullMarked
package dev.assent.coordination.election;

import org.jspecify.annotations.NullMarked;
