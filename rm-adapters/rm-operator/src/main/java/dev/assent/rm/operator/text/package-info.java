/**
 * How findings look: tables and wrapped lines for a terminal, JSON for programs.
 *
 * <p>Used by the commands and by what gathers findings. Invariant: it knows nothing of what is printed.
 */
@NullMarked
package dev.assent.rm.operator.text;

import org.jspecify.annotations.NullMarked;
