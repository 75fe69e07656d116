/** Tests of the package of the same name, through its public seams. */
@NullMarked
package dev.assent.coordination.election;

import org.jspecify.annotations.NullMarked;
