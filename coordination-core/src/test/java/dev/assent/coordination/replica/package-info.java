/** Tests of whole replicas: real files, real sockets, a toy application. */
@NullMarked
package dev.assent.coordination.replica;

import org.jspecify.annotations.NullMarked;
