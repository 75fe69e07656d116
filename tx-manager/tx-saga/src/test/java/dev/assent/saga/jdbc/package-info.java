/** The guard table, on PostgreSQL. */
@NullMarked
package dev.assent.saga.jdbc;

import org.jspecify.annotations.NullMarked;
