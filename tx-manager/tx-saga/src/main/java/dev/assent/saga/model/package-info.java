/**
 * The nouns of sagas: ids, plans, what is in the step log and what follows from it. Pure.
 *
 * <p>The invariant: {@link dev.assent.saga.model.SagaProgress} accepts no history that the rules do not allow, so that a
 * log that was damaged or written by another definition is noticed before anything is called because of it.
 */
@NullMarked
package dev.assent.saga.model;

import org.jspecify.annotations.NullMarked;
