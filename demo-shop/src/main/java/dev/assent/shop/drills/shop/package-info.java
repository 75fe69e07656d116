/**
 * The shop as a system that drills are run on: how each fault is brought about in its processes, on its disks, clocks,
 * certificates and on the ways among them, at a moment in the life of a transaction; and how each protection is switched off.
 *
 * <p>The command strikes by it, and the demo's page by its buttons.
 */
@NullMarked
package dev.assent.shop.drills.shop;

import org.jspecify.annotations.NullMarked;
