/**
 * How an application says what its sagas are: steps, compensations, limits.
 *
 * <p>The invariant: a definition is code, found by name and version. Whoever goes on with a saga has a definition of that
 * name, version and shape, or leaves it alone.
 */
@NullMarked
package dev.assent.saga.api;

import org.jspecify.annotations.NullMarked;
