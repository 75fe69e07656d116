/** Tests of the package of the same name, through its public seams. */
@NullMarked
package dev.assent.coordination.quorum;

import org.jspecify.annotations.NullMarked;
