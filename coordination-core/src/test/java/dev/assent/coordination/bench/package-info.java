/** Programs that measure; none of them is a test. */
@NullMarked
package dev.assent.coordination.bench;

import org.jspecify.annotations.NullMarked;
