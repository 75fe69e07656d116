/**
 * The shop as processes of this machine, each of which can be killed and started again, and what is outside of it: customers that
 * check out over HTTP and remember what they were told, and an auditor who asks the databases and nobody else.
 *
 * <p>The demo and the drills stand on it; it knows of neither. Nothing in it decides whether anything held.
 */
@NullMarked
package dev.assent.shop.demo.parts;

import org.jspecify.annotations.NullMarked;
