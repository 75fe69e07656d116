/**
 * The Agroal pool as a source of connections that take part in global transactions.
 *
 * <p>{@link dev.assent.rm.jdbc.DataSources} makes such pools; applications and frameworks use them as any
 * {@code DataSource}. Invariant: inside a transaction all requests for a connection of one data source get the same
 * one until the outcome is known; outside of one a connection commits by itself; a connection whose state is not
 * known never goes back to its pool, and a dead one is not given out. An application that ends its branch by SQL is
 * noticed.
 */
@NullMarked
package dev.assent.rm.jdbc;

import org.jspecify.annotations.NullMarked;
