/**
 * PostgreSQL through pgjdbc: what its driver does otherwise than X/Open XA says, put right.
 *
 * <p>{@link dev.assent.rm.postgresql.PostgresDatabase} is found as a service by {@code rm.xa.quirk}, so that nobody
 * else has to know the driver: this is the only package that sees a class of it. Invariant: no answer of the driver is
 * believed that the server did not give.
 */
@NullMarked
package dev.assent.rm.postgresql;

import org.jspecify.annotations.NullMarked;
