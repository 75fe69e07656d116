/** Tests of what is read from a database. */
@NullMarked
package dev.assent.rm.operator.doctor;

import org.jspecify.annotations.NullMarked;
