/**
 * A service's end of the wire: begins and joins transactions, runs this process's branches, follows the leaders.
 *
 * <p>{@link dev.assent.tx.remote.agent.RemoteTransactionService} is the way in. The agent dials every node and needs
 * no port of its own. It never decides: a branch that was asked to prepare waits for the decision, one that was not
 * may be dropped once its transaction cannot commit any more.
 */
@NullMarked
package dev.assent.tx.remote.agent;

import org.jspecify.annotations.NullMarked;
