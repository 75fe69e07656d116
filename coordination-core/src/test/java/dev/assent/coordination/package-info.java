/** The rules of the house for this module, and the proof that each of them catches something. */
@NullMarked
package dev.assent.coordination;

import org.jspecify.annotations.NullMarked;
