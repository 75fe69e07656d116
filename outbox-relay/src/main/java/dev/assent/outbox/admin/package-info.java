/**
 * A relay as the admin API and the metrics of its process show it. Only the process needs it: whoever embeds a relay need not
 * have the admin API on the class path.
 */
@NullMarked
package dev.assent.outbox.admin;

import org.jspecify.annotations.NullMarked;
