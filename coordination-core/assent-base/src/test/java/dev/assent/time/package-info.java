/** Tests of time. */
@NullMarked
package dev.assent.time;

import org.jspecify.annotations.NullMarked;
