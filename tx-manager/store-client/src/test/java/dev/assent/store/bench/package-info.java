/** What our client of the store costs, measured by a command of its own. */
@NullMarked
package dev.assent.store.bench;

import org.jspecify.annotations.NullMarked;
