/**
 * Damaged input for whatever reads what comes over a network: the client protocol, members' messages, gRPC's, headers, the
 * admin API's requests, and headers of events. `./assent fuzz` feeds millions of them to the production classes; {@code
 * FuzzTest}, a few seconds' worth in the build.
 *
 * <p>Of each it holds: it is understood, or refused by the exception that its decoder documents, with a message; it
 * costs memory and time in proportion to its length, and never an {@code Error}. What decoders keep to themselves is reached
 * by the classes called Door in their packages.
 */
@NullMarked
package dev.assent.shop.fuzz;

import org.jspecify.annotations.NullMarked;
