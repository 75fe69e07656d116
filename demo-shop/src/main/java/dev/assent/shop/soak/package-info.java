/**
 * A soak: half an hour of purchases of every kind, with {@code kill -9} at random, and afterwards nothing may be wrong, stuck
 * or left over.
 *
 * <p>{@link dev.assent.shop.soak.Mixture} draws what is bought and who dies, {@link dev.assent.shop.soak.Promises} holds what
 * customers were told against what the databases have, {@link dev.assent.shop.soak.Footprint} judges memory; they are plain
 * data and functions. {@link dev.assent.shop.soak.Soak} touches processes.
 */
@NullMarked
package dev.assent.shop.soak;

import org.jspecify.annotations.NullMarked;
