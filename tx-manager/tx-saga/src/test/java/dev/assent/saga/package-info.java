/** Sagas as an application uses them, on an ensemble of our own. */
@NullMarked
package dev.assent.saga;

import org.jspecify.annotations.NullMarked;
