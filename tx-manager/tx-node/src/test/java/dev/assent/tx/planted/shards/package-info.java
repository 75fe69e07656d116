/** A violation. */
@NullMarked
package dev.assent.tx.planted.shards;

import org.jspecify.annotations.NullMarked;
