/** Tests of the bytes that members exchange. */
@NullMarked
package dev.assent.coordination.codec;

import org.jspecify.annotations.NullMarked;
