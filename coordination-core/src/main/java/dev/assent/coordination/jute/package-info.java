/**
 * The bytes of ZooKeeper's client protocol (facts: zookeeper.jute of Apache ZooKeeper 3.9).
 *
 * <p>Requests are decoded into {@link dev.assent.coordination.jute.Request}s, replies encoded from
 * {@link dev.assent.coordination.jute.Response}s, both on plain arrays. Requests come in families by who answers them:
 * reads, reads that set watches, what the ensemble orders, and what is between a client and its connection. A frame from the network may hold anything:
 * whatever is wrong with it becomes a {@link dev.assent.coordination.jute.MalformedRequest} that says what and where,
 * and nothing is allocated because a frame merely claims to be large.
 */
@NullMarked
package dev.assent.coordination.jute;

import org.jspecify.annotations.NullMarked;
