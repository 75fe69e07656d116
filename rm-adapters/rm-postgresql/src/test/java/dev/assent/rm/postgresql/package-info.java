/**
 * What is true of PostgreSQL's driver without a server.
 */
@NullMarked
package dev.assent.rm.postgresql;

import org.jspecify.annotations.NullMarked;
