/** Suspicion, spread and candidacy alone, and many candidates over one store by seeds. */
@NullMarked
package dev.assent.tx.shards;

import org.jspecify.annotations.NullMarked;
