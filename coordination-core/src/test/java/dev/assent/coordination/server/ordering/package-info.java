/** Tests of what servers tell each other. */
@NullMarked
package dev.assent.coordination.server.ordering;

import org.jspecify.annotations.NullMarked;
