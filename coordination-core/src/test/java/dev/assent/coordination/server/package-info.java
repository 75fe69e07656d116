/** Tests of a whole server: through the official clients, in this JVM or as processes of their own. */
@NullMarked
package dev.assent.coordination.server;

import org.jspecify.annotations.NullMarked;
