/** Measurements of the tree alone, run by hand: no log, no network. */
@NullMarked
package dev.assent.coordination.tree.bench;

import org.jspecify.annotations.NullMarked;
