/**
 * What operators did by hand, in the store, beside what they did it to: transactions, and a relay's outbox.
 *
 * <p>Commands and the admin API write here before an act and after it. Invariant: an entry that was kept is durable, and only
 * the oldest go, when there are too many.
 */
@NullMarked
package dev.assent.store.audit;

import org.jspecify.annotations.NullMarked;
