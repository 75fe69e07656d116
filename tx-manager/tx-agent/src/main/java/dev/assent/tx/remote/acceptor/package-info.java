/**
 * The shell around acceptors and terminations of three-phase commit, for agents and nodes alike: where registers are
 * durable, how they are asked over the network, and the run that terminates a transaction.
 *
 * <p>{@link dev.assent.tx.remote.acceptor.AcceptorHost} steps the registers of this process and makes them durable
 * before it answers; {@link dev.assent.tx.remote.acceptor.AcceptorEndpoint} is its face on the network, and
 * {@link dev.assent.tx.remote.acceptor.AcceptorChannels} the way to those of others.
 *
 * <p>The invariant: a reply leaves this process after what it rests on is durable, and only then.
 */
@NullMarked
package dev.assent.tx.remote.acceptor;

import org.jspecify.annotations.NullMarked;
