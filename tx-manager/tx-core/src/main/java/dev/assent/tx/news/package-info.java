/**
 * The words in which transactions and their branches are told as events: the same from a coordinator and from a service that
 * takes part. The shells call it; it tells, and decides nothing.
 */
@NullMarked
package dev.assent.tx.news;

import org.jspecify.annotations.NullMarked;
