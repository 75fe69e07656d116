/** Violations of the rules that hold in every module, planted so that the rules can be seen to work. */
@NullMarked
package dev.assent.house.planted;

import org.jspecify.annotations.NullMarked;
