/** Planted violations of the rules of the house, laid out like the real packages. Nobody calls them. */
@NullMarked
package dev.assent.coordination.planted;

import org.jspecify.annotations.NullMarked;
