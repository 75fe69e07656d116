/**
 * The store's contract, kept on every kind of ensemble it may run on.
 */
@NullMarked
package dev.assent.tx.store;

import org.jspecify.annotations.NullMarked;
