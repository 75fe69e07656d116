/**
 * How leases are spread, taken and given back.
 */
@NullMarked
package dev.assent.store.lease;

import org.jspecify.annotations.NullMarked;
