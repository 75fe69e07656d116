/** Tests of the links between members, over real sockets on the loopback address. */
@NullMarked
package dev.assent.coordination.net.peer;

import org.jspecify.annotations.NullMarked;
