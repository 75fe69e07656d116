/**
 * The parts of a service's end, each by itself.
 */
@NullMarked
package dev.assent.tx.remote.agent;

import org.jspecify.annotations.NullMarked;
