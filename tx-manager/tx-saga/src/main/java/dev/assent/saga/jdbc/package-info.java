/**
 * For whoever is called by steps and has a database: {@link dev.assent.saga.jdbc.SagaGuard} makes an action have its
 * effect once, and its compensation too.
 *
 * <p>The invariant: the row that says that something was done commits with what was done, or not at all.
 */
@NullMarked
package dev.assent.saga.jdbc;

import org.jspecify.annotations.NullMarked;
