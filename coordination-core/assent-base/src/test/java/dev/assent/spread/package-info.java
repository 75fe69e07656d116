/** Tests of spread. */
@NullMarked
package dev.assent.spread;

import org.jspecify.annotations.NullMarked;
