/**
 * A whole server of the znode store, to be started and closed: by {@link dev.assent.coordination.server.Main} in the
 * foreground, or embedded through {@link dev.assent.coordination.server.CoordinationServer}, several in one JVM.
 *
 * <p>This is where the parts are put together; nothing else sees all of them. No mutable static, no system property,
 * no exit from the JVM outside {@code Main}.
 */
@NullMarked
package dev.assent.coordination.server;

import org.jspecify.annotations.NullMarked;
