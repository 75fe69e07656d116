/**
 * The machines, input by input.
 */
@NullMarked
package dev.assent.tx.protocol.paxos;

import org.jspecify.annotations.NullMarked;
