/** Violations of the rules for pure packages, planted so that the rules can be seen to work. */
@NullMarked
package dev.assent.house.planted.pure;

import org.jspecify.annotations.NullMarked;
