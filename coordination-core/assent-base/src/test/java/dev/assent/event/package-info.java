/** That telling of events costs nothing and waits for nobody. */
@NullMarked
package dev.assent.event;

import org.jspecify.annotations.NullMarked;
