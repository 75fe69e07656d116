/** Tests of what connections begin with. */
@NullMarked
package dev.assent.coordination.net.secure;

import org.jspecify.annotations.NullMarked;
