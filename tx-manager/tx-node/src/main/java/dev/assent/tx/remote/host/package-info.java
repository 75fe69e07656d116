/**
 * A coordinator node's end of the wire: the engine offered over gRPC, and agents shown to it as participants.
 *
 * <p>To the engine an agent's branch is a {@link dev.assent.tx.spi.Participant} and an agent's database a
 * {@link dev.assent.tx.spi.ResourceManager}, like any other. A lost link never means an outcome: it is a vote for
 * rollback before the decision, and "tell it again" after it.
 */
@NullMarked
package dev.assent.tx.remote.host;

import org.jspecify.annotations.NullMarked;
