/**
 * What a PostgreSQL holds prepared, whoever prepared it: by whom, since when, what it blocks, and what may be done.
 *
 * <p>{@link dev.assent.rm.operator.doctor.Origin} reads who made a transaction from its gid alone, pure;
 * {@link dev.assent.rm.operator.doctor.PostgresReading} asks the server, read-only and within time-outs. Invariant:
 * nothing is changed but by {@link dev.assent.rm.operator.doctor.PreparedEnd}, on an order that names one gid.
 */
@NullMarked
package dev.assent.rm.operator.doctor;

import org.jspecify.annotations.NullMarked;
