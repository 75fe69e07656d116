/**
 * What the commit protocol needs from others: participants, the decision log, leadership, time.
 *
 * <p>Adapters for resources implement {@link dev.assent.tx.spi.ResourceManager} and
 * {@link dev.assent.tx.spi.Participant}; the protocol calls them and nothing else.
 */
@NullMarked
package dev.assent.tx.spi;

import org.jspecify.annotations.NullMarked;
