/** Planted violations of the rules of the house, so that a rule which checks nothing is noticed. */
@NullMarked
package dev.assent.coordination.planted.server.ordering;

import org.jspecify.annotations.NullMarked;
