/**
 * What {@code doctor} reads of a database, for the in-doubt board of coordinator nodes, which find it as a service. It only
 * reads.
 */
@NullMarked
package dev.assent.rm.operator.board;

import org.jspecify.annotations.NullMarked;
