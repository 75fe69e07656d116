/**
 * Sagas under {@code kill -9}: executors, services, the database and servers of the store are killed or stopped at every
 * step of sagas that run on them, and SQL says afterwards what came of it.
 *
 * <p>The invariant: every process calls the {@link dev.assent.shop.saga.Gate} before and after it commits, and there it is
 * decided who dies; the judge relies on rows and on the step log only.
 */
@NullMarked
package dev.assent.shop.saga;

import org.jspecify.annotations.NullMarked;
