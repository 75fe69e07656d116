/**
 * Recovery as pure decisions: epochs, records and the branches a resource holds in doubt go in, commands come out.
 *
 * <p>The shell must read in the order that {@link dev.assent.tx.recovery.RecoveryPlan} states: its conclusions rest
 * on it. The invariant: a branch is rolled back without a record only when its epoch was fenced before the records
 * were read; a record is deleted only when no branch can need it again.
 */
@NullMarked
package dev.assent.tx.recovery;

import org.jspecify.annotations.NullMarked;
