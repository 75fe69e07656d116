/** The contract of the step log, on real ensembles. */
@NullMarked
package dev.assent.saga.store;

import org.jspecify.annotations.NullMarked;
