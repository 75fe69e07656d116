/**
 * Classes that break the house rules on purpose, so that a rule that checks nothing is noticed.
 */
@NullMarked
package dev.assent.tx.planted.store;

import org.jspecify.annotations.NullMarked;
