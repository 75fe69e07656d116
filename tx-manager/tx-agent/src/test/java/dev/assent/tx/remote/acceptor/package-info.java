/**
 * The shell of acceptors: what is durable, what is answered, and what is refused.
 */
@NullMarked
package dev.assent.tx.remote.acceptor;

import org.jspecify.annotations.NullMarked;
