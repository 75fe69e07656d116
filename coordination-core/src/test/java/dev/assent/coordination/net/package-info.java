/** Tests of the links between members, over real sockets on the loopback address. */
@NullMarked
package dev.assent.coordination.net;

import org.jspecify.annotations.NullMarked;
