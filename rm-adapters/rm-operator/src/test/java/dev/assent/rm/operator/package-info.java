/** Tests of the operators' commands, on real databases and stores. */
@NullMarked
package dev.assent.rm.operator;

import org.jspecify.annotations.NullMarked;
