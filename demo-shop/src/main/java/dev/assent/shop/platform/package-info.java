/**
 * What the shop stands on, as processes of their own on this machine: PostgreSQL, Kafka, and any JVM of ours.
 *
 * <p>Called by the drills. Every child is started directly, so that its pid is known, it can be killed like a crash,
 * and it is ended with the demo. Its output goes to a log file under the run's directory.
 */
@NullMarked
package dev.assent.shop.platform;

import org.jspecify.annotations.NullMarked;
