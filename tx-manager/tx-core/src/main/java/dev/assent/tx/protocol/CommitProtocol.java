package dev.assent.tx.protocol;

import java.util.List;

/**
 * How the transactions of one {@link dev.assent.tx.model.Authority} end: a state machine for each transaction.
 *
 * <p>Inputs go in, commands come out; no clock, thread, lock or I/O. One thread at a time; whoever runs the machine
 * carries the commands of a step out in any order, and brings what comes of them as later inputs. Every protocol takes
 * {@link TransactionInput}s and gives {@link TransactionCommand}s, so that callers, deadlines and listeners do not know
 * which one it is. One whose branches vote and obey takes {@link BranchInput}s and gives {@link BranchCommand}s as well.
 * What is said to whoever holds the decision (a record, a register, a row) is the protocol's own.
 *
 * @param <I> handler of all inputs that the protocol understands
 * @param <C> handler of all commands that it may give
 */
public interface CommitProtocol<I extends TransactionInput.Handler, C extends TransactionCommand.Handler> {

    /** Reacts to one input; an input that comes too late changes nothing. */
    List<Message<? super C>> step(Message<? super I> input);

    /** Whether nothing is left to do in this process, so that no further input changes anything. */
    boolean isFinished();
}
