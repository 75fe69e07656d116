/** Violations of the house rules, one a rule, so that a rule that checks nothing is noticed. */
@NullMarked
package dev.assent.rm.planted.xa;

import org.jspecify.annotations.NullMarked;
