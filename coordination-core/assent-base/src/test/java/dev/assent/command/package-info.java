/** Tests of command. */
@NullMarked
package dev.assent.command;

import org.jspecify.annotations.NullMarked;
