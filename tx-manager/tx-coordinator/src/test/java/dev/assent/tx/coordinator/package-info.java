/**
 * The embedded service on a real store, with toy resources.
 */
@NullMarked
package dev.assent.tx.coordinator;

import org.jspecify.annotations.NullMarked;
