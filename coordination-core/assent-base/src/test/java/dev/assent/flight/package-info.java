/** What the flight recorder keeps, and which of its files can be read. */
@NullMarked
package dev.assent.flight;

import org.jspecify.annotations.NullMarked;
