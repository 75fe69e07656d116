/** Tests of the commands, through their command lines. */
@NullMarked
package dev.assent.certs;

import org.jspecify.annotations.NullMarked;
