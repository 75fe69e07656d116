/**
 * How a whole cluster is at one moment: who belongs to it, who leads what, what is in doubt. {@code StatusReading} asks store,
 * servers and databases, each within a time-out and none in another's way; nothing is changed.
 */
@NullMarked
package dev.assent.rm.operator.status;

import org.jspecify.annotations.NullMarked;
