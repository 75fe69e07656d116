/**
 * A certificate authority as small as one can be: for tests, for the demo, and for teams that have none. Keys are made on
 * the curve P-256, by the JDK; certificates by Bouncy Castle.
 *
 * <p>Called by {@code assent certs} and by tests; no server and no library of ours depends on it. The invariant: a private
 * key is in no file that anybody else may read, and no file that is there already is written over unasked.
 */
@NullMarked
package dev.assent.certs;

import org.jspecify.annotations.NullMarked;
