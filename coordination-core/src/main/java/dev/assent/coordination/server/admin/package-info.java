/**
 * A server of the znode store as the admin API and the metrics of its process show it.
 *
 * <p>Used by whoever runs a process around a server: {@code assent server}, and coordinator nodes. Nothing of the server
 * needs it, so that who embeds one need not have the admin API on the class path.
 */
@NullMarked
package dev.assent.coordination.server.admin;

import org.jspecify.annotations.NullMarked;
