/**
 * What {@code doctor} reads of a database, for the in-doubt board of coordinator nodes, and what {@code tx} does, for
 * their admin API; they find both as services. The board only reads.
 */
@NullMarked
package dev.assent.rm.operator.board;

import org.jspecify.annotations.NullMarked;
