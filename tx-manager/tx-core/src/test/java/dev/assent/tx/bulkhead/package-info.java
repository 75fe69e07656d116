/**
 * Threads of one resource, and questions that many share.
 */
@NullMarked
package dev.assent.tx.bulkhead;

import org.jspecify.annotations.NullMarked;
